import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { SyncTarget } from "./target.ts";

interface Recipient {
  namespace: pulumi.Input<string>;
  target: SyncTarget;
}

/** The Secret as this program writes it itself, where no Vault is between: whole, or as keys of somebody else's. */
export function handedOut(
  { namespace, target }: Recipient,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { name, syncName, existing } = target;
  const args = { metadata: { name, namespace }, data: encoded(target) };
  if (existing === undefined) return new k8s.core.v1.Secret(syncName, args, opts);
  return new k8s.core.v1.SecretPatch(syncName, args, { ...opts, dependsOn: existing });
}

function encoded({ keys, templates = {} }: SyncTarget): pulumi.Output<Record<string, string>> {
  const values = Object.fromEntries(
    Object.entries(keys).map(([key, { secret, property }]) => [key, secret.values[property] ?? ""]),
  );
  return pulumi.secret(values).apply((plain) => {
    const made = Object.entries(templates).map(([key, text]) => [key, filledIn(text, plain)]);
    const all = { ...plain, ...(Object.fromEntries(made) as Record<string, string>) };
    return Object.fromEntries(
      Object.entries(all).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
    );
  });
}

/** Fills a template in as External Secrets does where it names keys and nothing else. */
const filledIn = (template: string, values: Record<string, string>) =>
  template.replaceAll(/\{\{ \.([\w-]+) \}\}/g, (_, key: string) => values[key] ?? "");
