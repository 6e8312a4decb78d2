import { deployer } from "../../components/vault/bootstrap.ts";
import { keysSecrets, releaseName } from "../../components/vault/names.ts";
import type { Target } from "../../effects/exec.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Settings } from "../../settings/index.ts";
import { readSecret, runningPods, until } from "../pods.ts";
import { refused } from "../read.ts";
import type { Tools } from "../tools.ts";

const { namespace } = workloads.vault;
const core = `/api/v1/namespaces/${namespace}`;
const secret = `${core}/secrets/${keysSecrets.unseal}`;
const server: Target = { namespace, pod: `${releaseName}-0`, container: "vault" };
/** The unsealer reads the first; new keys wait under the second until Vault has proved that it takes them. */
const [valid, waiting] = ["unseal-key-", "next-key-"] as const;

/** The token and the request go through the standard input: no process has them as an argument. */
const script = (verb: "read" | "write" | "delete", path: string) =>
  `read -r VAULT_TOKEN; export VAULT_TOKEN; vault ${verb} -format=json ${path}${verb === "write" ? " -" : ""}`;

interface Session {
  tools: Tools;
  token: string;
  /** Where Vault rotates its unseal keys: Vault's own path, or OpenBao's. */
  base: string;
}

/** A number of shares, of which a threshold opens Vault. */
interface Split {
  keyShares: number;
  keyThreshold: number;
}

/**
 * Gives Vault other unseal keys, the only lasting credential of an administrator: the root token is revoked at the first start.
 * The new ones are in the Secret before Vault takes them. It goes on where an earlier call was interrupted.
 * @throws Error with a sentence where the servers open themselves, are sealed, or no key of the Secret opens them.
 */
export async function rotateVaultAdmin(tools: Tools, { vault }: Settings): Promise<void> {
  if (vault.mode !== "install")
    throw new Error("The stack installs no Vault: its keys are those of whoever runs it.");
  const { seal } = vault;
  if (seal.mode !== "shamir")
    throw new Error(
      "Vault's servers open themselves: whoever holds the recovery keys rotates them, by vault operator rekey -target=recovery.",
    );
  const running = await runningPods(tools.ask, "vault", server.container);
  if (!running.some(({ pod }) => pod === server.pod))
    throw new Error(
      `Pod ${namespace}/${server.pod} does not run, and nothing can be rotated. Look at: npm run doctor`,
    );
  await openAgain(tools);
  const session = await logIn(tools);
  const { before, after, nonce } = await makeKeys(session, seal);
  await write(tools, named(valid, before), named(waiting, after));
  tools.report("The new keys are in the Secret; Vault is asked to take them");
  await prove(session, after.slice(0, seal.keyThreshold), nonce);
  await write(tools, named(valid, after), {});
  await refuseOld(session, before, seal);
  tools.report(
    `Secret ${namespace}/${keysSecrets.unseal} has the new keys, and the old ones open nothing but snapshots of before. Keep a copy: npm run vault-keys -- save FILE`,
  );
}

async function keysIn({ ask }: Tools, prefix: string): Promise<string[]> {
  const data = await readSecret(ask, namespace, keysSecrets.unseal);
  const names = Object.keys(data).filter((name) => name.startsWith(prefix));
  const number = (name: string) => Number(name.slice(prefix.length));
  return names.sort((a, b) => number(a) - number(b)).map((name) => data[name] ?? "");
}

const named = (prefix: string, keys: string[]) =>
  Object.fromEntries(
    keys.map((key, index) => [`${prefix}${index}`, Buffer.from(key).toString("base64")]),
  );

/** Writes the keys of the Secret, and takes others out. */
async function write(
  { ask }: Tools,
  keys: Record<string, string>,
  next: Record<string, string>,
): Promise<void> {
  const { body: now } = await ask<{ data?: Record<string, string> }>(secret);
  const gone = Object.keys(now.data ?? {})
    .filter((name) => name.startsWith(valid) || name.startsWith(waiting))
    .map((name) => [name, null]);
  const data = { ...(Object.fromEntries(gone) as object), ...keys, ...next };
  const answer = await ask(secret, { method: "PATCH", body: { data } });
  if (answer.status !== 200)
    throw refused(`Secret ${namespace}/${keysSecrets.unseal} cannot be written`, answer);
}

/** An earlier call may have ended after Vault took the new keys: a server that has started since waits for them. */
async function openAgain(tools: Tools): Promise<void> {
  const status = async () =>
    JSON.parse(await tools.execute(server, ["sh", "-c", "vault status -format=json || true"])) as {
      sealed: boolean;
    };
  if (!(await status()).sealed) return;
  const [old, next] = [await keysIn(tools, valid), await keysIn(tools, waiting)];
  if (next.length === 0) throw new Error("Vault is sealed: look at npm run doctor.");
  tools.report("Vault is sealed: trying the keys of a rotation that was interrupted");
  await write(tools, named(valid, next), named(waiting, old));
  await until("an open Vault", tools, async () => !(await status()).sealed);
}

async function logIn(tools: Tools): Promise<Session> {
  const account = `${core}/serviceaccounts/${deployer.account}`;
  const answered = await tools.ask<{ status?: { token: string } }>(`${account}/token`, {
    method: "POST",
    body: {
      metadata: { name: deployer.account },
      spec: { audiences: [deployer.audience], expirationSeconds: 600 },
    },
  });
  const jwt = answered.body.status?.token;
  if (jwt === undefined)
    throw refused(`No token of account ${namespace}/${deployer.account} can be had`, answered);
  const login = { tools, token: "", base: "" };
  const answer = await call<Auth>(login, "write", `auth/${deployer.login}/login`, {
    role: deployer.login,
    jwt,
  });
  const session = { tools, token: answer.auth?.client_token ?? "" };
  for (const base of ["sys/rekey", "sys/rotate/root"]) {
    const found = await call({ ...session, base }, "read", `${base}/init`).catch(() => undefined);
    if (found !== undefined) return { ...session, base };
  }
  throw new Error(
    "Vault does not let the deployer rotate its keys: run pulumi up, which gives it that right, then this again.",
  );
}

interface Auth {
  auth?: { client_token: string };
}

async function call<T>(
  { tools, token }: Session,
  verb: "read" | "write" | "delete",
  path: string,
  body?: object,
): Promise<T> {
  const input = `${token}\n${body === undefined ? "" : JSON.stringify(body)}`;
  const text = await tools.execute(server, ["sh", "-c", script(verb, path)], input);
  return (text.includes("{") ? JSON.parse(text) : {}) as T;
}

interface Progress {
  data?: {
    nonce?: string;
    complete?: boolean;
    keys_base64?: string[];
    verification_nonce?: string;
  };
}

/** Hands in keys until they are enough, and returns what Vault makes of them; undefined where they are not Vault's. */
async function handIn(
  session: Session,
  keys: string[],
  { keyShares, keyThreshold }: Split,
  verified: boolean,
): Promise<Progress["data"]> {
  const { base } = session;
  for (const path of [`${base}/verify`, `${base}/init`])
    await call(session, "delete", path).catch(() => undefined);
  const split = { secret_shares: keyShares, secret_threshold: keyThreshold };
  const begun = await call<Progress>(session, "write", `${base}/init`, {
    ...split,
    require_verification: verified,
  });
  for (const key of keys) {
    const body = { key, nonce: begun.data?.nonce };
    const answer = await call<Progress>(session, "write", `${base}/update`, body).catch(
      () => undefined,
    );
    if (answer === undefined) break;
    if (answer.data?.complete === true) return answer.data;
  }
  await call(session, "delete", `${base}/init`).catch(() => undefined);
  return undefined;
}

/** Lets Vault make new keys, which it does not take yet. */
async function makeKeys(session: Session, split: Split) {
  const { tools } = session;
  const [current, next] = [await keysIn(tools, valid), await keysIn(tools, waiting)];
  if (next.length > 0) tools.report("Going on with a rotation that was interrupted");
  for (const before of [current, next]) {
    const made = before.length === 0 ? undefined : await handIn(session, before, split, true);
    const { keys_base64: after = [], verification_nonce: nonce = "" } = made ?? {};
    if (after.length > 0) return { before, after, nonce };
  }
  throw new Error(
    `The keys of Secret ${namespace}/${keysSecrets.unseal} do not open Vault, and nothing was changed: put back your copy (npm run vault-keys -- put-back FILE --replace).`,
  );
}

async function prove(session: Session, keys: string[], nonce: string): Promise<void> {
  let taken = false;
  for (const key of keys) {
    const path = `${session.base}/verify`;
    const answer = await call<Progress>(session, "write", path, { key, nonce });
    taken = answer.data?.complete === true;
  }
  if (!taken) throw new Error("Vault has not taken the new keys: run this again.");
}

async function refuseOld(session: Session, before: string[], split: Split): Promise<void> {
  if ((await handIn(session, before, split, true)) !== undefined)
    throw new Error("Vault still takes the old keys: run this again.");
}
