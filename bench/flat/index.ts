import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { type Deployment, type Resource, secretText, stackType } from "./state.ts";

class Anything extends pulumi.CustomResource {}
class AnyProvider extends pulumi.ProviderResource {}

const autonamed = "pulumi.com/autonamed";
const file = process.env["BENCH_DEPLOYMENT"] ?? "";
const { resources } = (JSON.parse(readFileSync(file, "utf8")) as Deployment).deployment;
const made = new Map<string, pulumi.Resource>();

for (const resource of resources)
  if (resource.type !== stackType) made.set(resource.urn, register(resource));

function register(resource: Resource): pulumi.Resource {
  const {
    type,
    urn,
    inputs = {},
    dependencies = [],
    deletedWith,
    protect,
    retainOnDelete,
  } = resource;
  const name = urn.split("::").slice(3).join("::");
  const args = JSON.parse(JSON.stringify(inputs), revive) as Record<string, unknown>;
  delete args["__defaults"];
  forgetOwnName(args["metadata"] as Metadata | undefined);
  const provider = made.get(resource.provider?.replace(/::[^:]*$/, "") ?? "");
  const options = {
    protect,
    retainOnDelete,
    deletedWith: made.get(deletedWith ?? ""),
    dependsOn: dependencies.flatMap((one) => made.get(one) ?? []),
    provider: provider as pulumi.ProviderResource | undefined,
  };
  const [, provided] = /^pulumi:providers:(.*)$/.exec(type) ?? [];
  if (provided === undefined) return new Anything(type, name, args, options);
  const { version, ...rest } = args as { version?: string };
  return new AnyProvider(provided, name, rest, { ...options, version });
}

interface Metadata {
  name?: string;
  annotations?: Record<string, string>;
}

/** A name that the provider invented is its to find again. */
function forgetOwnName(metadata: Metadata | undefined): void {
  if (metadata?.annotations?.[autonamed] === undefined) return;
  delete metadata.name;
  delete metadata.annotations[autonamed];
}

/** Makes secrets of what was one when it was registered. */
function revive(_: string, value: unknown): unknown {
  const secret = secretText(value);
  return secret === undefined ? value : pulumi.secret(JSON.parse(secret, revive));
}
