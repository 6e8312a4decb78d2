import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { keysSecrets } from "../components/vault/names.ts";
import { writeNewFile } from "../effects/files.ts";
import { ownershipLabel } from "../platform/project.ts";
import { workloads } from "../platform/workloads.ts";
import { refused } from "./read.ts";
import type { Tools } from "./tools.ts";

const { namespace } = workloads.vault;
const collection = `/api/v1/namespaces/${namespace}/secrets`;
const names: readonly string[] = Object.values(keysSecrets);

/** The Secret with the keys, as a manifest. */
export interface Keys {
  apiVersion: "v1";
  kind: "Secret";
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  data: Record<string, string>;
}

const secretOf = (name: string, data: Record<string, string>): Keys => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace, labels: ownershipLabel },
  data,
});

/** The keys of the Secret that there is, of whichever seal. */
export async function save(
  { ask, report }: Pick<Tools, "ask" | "report">,
  file: string,
): Promise<void> {
  for (const name of names) {
    const found = await ask<{ data?: Record<string, string> }>(`${collection}/${name}`);
    if (found.status === 404) continue;
    if (found.status !== 200) throw refused(`Secret ${namespace}/${name} cannot be read`, found);
    const { data = {} } = found.body;
    if (Object.keys(data).length === 0)
      throw new Error(
        `Secret ${namespace}/${name} has no keys in it, and nothing was saved: Vault was not initialised yet, or its keys are lost.`,
      );
    writeNewFile(file, stringify(secretOf(name, data)));
    return report(
      `${file} has the keys of Secret ${namespace}/${name}: keep it where no snapshot is`,
    );
  }
  throw new Error(
    `Namespace ${namespace} has neither Secret ${names.join(" nor ")}: Vault was not initialised yet, or its keys are lost.`,
  );
}

/** Only what `save` wrote, or the same by hand, is put back. */
export function readKeys(file: string): Keys {
  const wrong = (reason: string) =>
    new Error(
      `${file} has no keys of Vault (${reason}): name a file that npm run vault-keys -- save wrote.`,
    );
  let found: Partial<Keys> | null;
  try {
    found = parse(readFileSync(file, "utf8")) as Partial<Keys> | null;
  } catch (error) {
    // A reader of YAML shows the lines around a fault: only the first line is told.
    throw wrong((error as Error).message.split("\n")[0] ?? "");
  }
  const { kind, metadata, data } = found ?? {};
  const name = names.find((one) => one === metadata?.name);
  if (kind !== "Secret" || name === undefined) throw wrong(`it is no Secret ${names.join(" or ")}`);
  const values = Object.values(data ?? {});
  if (values.length === 0 || values.some((value) => typeof value !== "string"))
    throw wrong("its data is empty, or no text");
  return secretOf(name, data ?? {});
}

/** Keys that are there stay, unless they are to give way. */
export async function putBack(
  { ask, report }: Pick<Tools, "ask" | "report">,
  file: string,
  keys: Keys,
  replace: boolean,
): Promise<void> {
  const where = `${namespace}/${keys.metadata.name}`;
  const made = await ask(collection, { method: "POST", body: keys });
  if (made.status === 201)
    return report(`Secret ${where} is there again; the unsealer looks for it by itself`);
  const unwritten = `Secret ${where} cannot be written`;
  if (made.status !== 409) throw refused(unwritten, made);
  const path = `${collection}/${keys.metadata.name}`;
  const found = await ask<{ data?: Record<string, string> }>(path);
  if (found.status !== 200) throw refused(unwritten, found);
  const { data = {} } = found.body;
  if (isSame(data, keys.data)) return report(`Secret ${where} has these keys already`);
  if (!replace)
    throw new Error(
      `Secret ${where} has other keys, which a Vault that works may need: nothing was changed. Save them first; --replace lets them give way.`,
    );
  const gone = Object.fromEntries(Object.keys(data).map((key) => [key, null]));
  const patched = await ask(path, { method: "PATCH", body: { data: { ...gone, ...keys.data } } });
  if (patched.status !== 200) throw refused(unwritten, patched);
  report(`Secret ${where} has the keys of ${file}, and no others`);
}

const isSame = (one: Record<string, string>, other: Record<string, string>) =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
