import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "mocha";
import { clusterFolder, pulumiFolder } from "../../local/lib/paths.ts";
import type { StackName } from "../../local/stack/stacks.ts";
import { kubernetes, list, readText, stackState } from "./platform.ts";

/** Tests for a running platform: where its secrets do not stand. */
export function showsNoSecret(stack: StackName): void {
  it("shows none of its secrets where they could be read", async () => {
    const secrets = await knownSecrets();
    assert.ok(secrets.length >= 6);
    const places: Record<string, string> = {
      "the state": readText(stackState(stack)),
      "the stack files": readText("Pulumi.dev.yaml") + readText("Pulumi.prod.yaml"),
      ConfigMaps: await everything("/api/v1/configmaps"),
      "pod specs": await everything("/api/v1/pods"),
      "process arguments": processArguments(),
      "pod logs": await podLogs(),
      "our own logs": ownLogs(),
    };
    for (const [place, text] of Object.entries(places))
      for (const [name, value] of secrets)
        assert.ok(!text.includes(value), `${name} stands in ${place}`);
  });
}

/** Every secret value that this platform has, by where it lies. */
export async function knownSecrets(): Promise<[string, string][]> {
  const { core } = kubernetes();
  const wanted: [string, string, RegExp][] = [
    ["shlink", "shlink-secrets", /./],
    ["redis", "shlink-redis-auth", /password/],
    ["postgres", "shlink-db-pguser-shlink", /password|verifier/],
    ["postgres", "shlink-db-pguser-postgres", /password|verifier/],
    ["vault", "vault-unseal-keys", /./],
  ];
  const found: [string, string][] = [];
  for (const [namespace, name, keys] of wanted) {
    const { data = {} } = await core.readNamespacedSecret({ name, namespace });
    for (const [key, value] of Object.entries(data))
      if (keys.test(key))
        found.push([`${namespace}/${name}/${key}`, Buffer.from(value, "base64").toString()]);
  }
  assert.ok(!found.some(([name]) => name.includes("root-token")), "the root token is still stored");
  return found;
}

const everything = async (path: string) => JSON.stringify(await list(path));

function processArguments(): string {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.map(commandLine).join("\n");
}

function commandLine(process: string): string {
  try {
    return readFileSync(`/proc/${process}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** What the node's processes and Pulumi wrote down. */
function ownLogs(): string {
  return [join(clusterFolder(), "logs"), join(pulumiFolder, "home/logs")]
    .flatMap((folder) => readdirSync(folder).map((name) => readText(join(folder, name))))
    .join("\n");
}

async function podLogs(): Promise<string> {
  const { core } = kubernetes();
  const { items } = await core.listPodForAllNamespaces();
  const logs = items.flatMap(({ metadata, spec }) =>
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name: container }) =>
      core
        .readNamespacedPodLog({
          name: metadata?.name ?? "",
          namespace: metadata?.namespace ?? "",
          container,
        })
        .catch(() => ""),
    ),
  );
  return (await Promise.all(logs)).join("\n");
}
