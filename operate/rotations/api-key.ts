import { createHash } from "node:crypto";
import { apiKey } from "../../components/shlink/names.ts";
import type { Target } from "../../effects/exec.ts";
import { workloads } from "../../platform/workloads.ts";
import { query, runningPrimary } from "../archive.ts";
import { readSecret, until } from "../pods.ts";
import type { Tools } from "../tools.ts";

const secret = `${workloads.shlink.namespace}/${apiKey.secret}`;

/** Shlink keeps this of a key. */
const hashOf = (key: string) => createHash("sha256").update(key).digest("hex");

/** Shlink names its first key by the key itself; ours is named by its hash, by which it is found again. */
const prefix = "shlink-secrets-";
const nameOf = (key: string) => `${prefix}${hashOf(key).slice(0, 12)}`;

export interface ApiKeyRotation {
  /** Path below which Shlink is; empty: there is none. */
  basePath: string;
  /** Whether the old key stays valid, until somebody disables it. */
  keepOld: boolean;
}

/**
 * Gives Shlink another first API key. Shlink can make keys only of its own choice, so that ours is written as Shlink would
 * write it: its hash, into the table of keys, the moment it is in the Secret. Then the old one is disabled.
 */
export async function rotateApiKey(tools: Tools, rotation: ApiKeyRotation): Promise<void> {
  const primary = await runningPrimary(tools.ask);
  const before = await readKey(tools);
  if (await isKnown(tools, primary, before)) {
    await nameKey(tools, primary, before);
    await makeKey(tools, before, (key) => addKey(tools, primary, key));
  } else {
    tools.report("Going on with a rotation that was interrupted");
    await addKey(tools, primary, before);
    await tools.pulumi.up();
  }
  const key = await readKey(tools);
  await prove(tools, rotation, key, 200);
  const others = `name LIKE '${prefix}%' AND key <> '${hashOf(key)}'`;
  if (rotation.keepOld) return tellOthers(tools, primary, others);
  await query(tools.execute, primary, `UPDATE api_keys SET enabled = false WHERE ${others}`);
  if (key !== before) await prove(tools, rotation, before, 401);
  tools.report(`The key in Secret ${secret} is valid, and the one before is not`);
}

/** After an interruption the Secret has the new key only: the table says which ones were before. */
async function tellOthers({ execute, report }: Tools, primary: Target, others: string) {
  const names = await query(
    execute,
    primary,
    `SELECT name FROM api_keys WHERE ${others} AND enabled`,
  );
  const disable = "npm run api-keys -- disable";
  const commands = names
    .split("\n")
    .filter((name) => name !== "")
    .map((name) => `${disable} ${name}`);
  report(
    commands.length === 0
      ? "The new key is valid, and no earlier one is"
      : `The new key is valid, and so is each earlier one until: ${commands.join("; ")}`,
  );
}

async function readKey({ ask }: Tools): Promise<string> {
  const data = await readSecret(ask, workloads.shlink.namespace, apiKey.secret);
  return data[apiKey.key] ?? "";
}

/** One that somebody has disabled is known, too: it is replaced, and not enabled again. */
async function isKnown({ execute }: Tools, primary: Target, key: string): Promise<boolean> {
  const sql = `SELECT count(*) FROM api_keys WHERE key = '${hashOf(key)}'`;
  return (await query(execute, primary, sql)) === "1";
}

const nameKey = ({ execute }: Tools, primary: Target, key: string) =>
  query(
    execute,
    primary,
    `UPDATE api_keys SET name = '${nameOf(key)}' WHERE key = '${hashOf(key)}'`,
  );

const addKey = ({ execute }: Tools, primary: Target, key: string) =>
  query(
    execute,
    primary,
    `INSERT INTO api_keys (key, name, enabled) VALUES ('${hashOf(key)}', '${nameOf(key)}', true) ON CONFLICT (key) DO UPDATE SET enabled = true`,
  );

/** Makes a key, and adds it while `pulumi up` goes on to start Shlink's pods anew. */
async function makeKey(
  tools: Tools,
  before: string,
  add: (key: string) => Promise<unknown>,
): Promise<void> {
  tools.report("Making a new key");
  const up = tools.pulumi.up("--replace", "**RandomPassword::api-key");
  // A failure is thrown below, when nothing waits for the key any more.
  let failed = false;
  up.catch(() => (failed = true));
  const changed = async () => failed || (await readKey(tools)) !== before;
  await until(`another key in Secret ${secret}`, tools, changed, 1_000);
  if (!failed) await add(await readKey(tools));
  await up;
}

/** Asks Shlink with the key: whoever answers otherwise than it should is told of, without the key. */
async function prove(
  { shlink }: Tools,
  { basePath }: ApiKeyRotation,
  key: string,
  wanted: number,
): Promise<void> {
  const path = `${basePath}/rest/v3/short-urls?itemsPerPage=1`;
  const { status, failure } = await shlink(path, { method: "GET", headers: { "x-api-key": key } });
  if (status === wanted) return;
  const which = wanted === 200 ? "new key" : "old key";
  throw new Error(
    `Shlink answers ${failure ?? `with ${status}`} to the ${which}, not with ${wanted}: run this again, or look at npm run doctor`,
  );
}
