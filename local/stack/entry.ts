import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { settingsKey } from "../../platform/project.ts";
import type { Settings } from "../../settings/index.ts";
import { nodeAddress } from "../cluster/layout.ts";
import { LocalError } from "../lib/failure.ts";
import { repository } from "../lib/paths.ts";
import type { Entry } from "./smoke.ts";

/** The settings of stack dev as its file has them. */
export async function devSettings(): Promise<Settings> {
  const text = await readFile(join(repository, "Pulumi.dev.yaml"), "utf8");
  const file = parse(text) as { config: { [settingsKey]: Settings } };
  return file.config[settingsKey];
}

/**
 * Says where the local cluster serves the shortener.
 * @throws LocalError where the settings open no port of the node
 */
export function entryOf({ mesh, routing }: Settings): Entry {
  const service = "service" in mesh.gateway ? mesh.gateway.service : undefined;
  if (service?.type !== "NodePort")
    throw new LocalError(
      "Pulumi.dev.yaml: mesh.gateway.service must be a NodePort on the local cluster.",
    );
  return { address: nodeAddress, port: service.httpNodePort, host: routing.hosts[0] ?? "" };
}
