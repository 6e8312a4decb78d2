import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { environmentOf } from "./environment.ts";
import { KeyStore, type StoredKeys, type VaultKeys } from "./keys.ts";
import { TooFewKeys, VaultClient } from "./vault.ts";

const variable = environmentOf<"bootstrap.ts">();
const deployer = variable("DEPLOYER");
const namespace = variable("NAMESPACE");
const accounts = variable("DEPLOYER_ACCOUNTS").split(",");
const audience = variable("AUDIENCE");
const policy = readFileSync(variable("DEPLOYER_POLICY"), "utf8");
const keysSecret = variable("KEYS_SECRET");
const keyShares = Number(variable("KEY_SHARES"));
const keyThreshold = Number(variable("KEY_THRESHOLD"));
const pgpKeys = variable("PGP_KEYS").split(",").filter(Boolean);
/** Whether the servers have to be given their keys, or get them from a service. */
const unseals = variable("SEAL") === "shamir";

const clientOf = (address: string) => new VaultClient(address, variable("VAULT_CACERT", ""));
const any = clientOf(variable("VAULT_ADDRESS"));
const servers = variable("VAULT_ADDRESSES").split(",").map(clientOf);
const [first] = servers as [VaultClient, ...VaultClient[]];
const store = new KeyStore(keysSecret, unseals ? "unseal" : "recovery");

try {
  await bootstrap();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

async function bootstrap(): Promise<void> {
  // Their Service has a name at once, a pod only once it has an address; DNS remembers for half a minute that it has none.
  await waitUntilAnswering(any);
  await waitUntilAnswering(first);
  const keys = await initialise(await store.read());
  for (const server of servers) await unseal(server, keys);
  await waitUntil("Vault serves requests", () => first.serving());
  await configure(keys);
  console.log("Vault is initialised, unsealed, and open to the deployer; no root token is left.");
}

/** Initialises an empty Vault exactly once; the keys are stored before anything uses them. */
async function initialise(stored: StoredKeys): Promise<VaultKeys> {
  const { initialized } = await first.sealStatus();
  if (stored.state === "stored" && initialized) return stored;
  if (stored.state === "absent" && !initialized) return makeKeys();
  if (stored.state === "reserved" && !initialized) return makeKeys({ reserved: true });
  throw new Error(refusal(stored.state));
}

function refusal(state: StoredKeys["state"]): string {
  const secret = `Secret ${namespace}/${keysSecret}`;
  if (state === "absent")
    return `Vault is initialised, but ${secret} with its keys is missing: restore that Secret from your copy and run again. Vault is not initialised a second time, for that would destroy what it holds.`;
  if (state === "reserved")
    return `Vault was initialised, but the run ended before its keys reached ${secret}. It holds no data yet: delete the Secret and the volumes of StatefulSet vault in namespace ${namespace}, and run again.`;
  return `${secret} holds keys, but Vault is empty: restore Vault's volumes, or delete that Secret if their data may be lost, and run again.`;
}

async function makeKeys({ reserved = false } = {}): Promise<VaultKeys> {
  if (!reserved) await store.reserve();
  const answer = await first.must<Initialisation>("PUT", "sys/init", { body: keySplit() });
  const shares = unseals ? answer.keys_base64 : answer.recovery_keys_base64;
  const keys = { keys: shares, rootToken: answer.root_token };
  // Only this process knows them: a pause of the Kubernetes API must not cost them.
  await waitUntil("the keys are stored", async () => {
    await store.store(keys);
    return true;
  });
  console.log("Vault is initialised; its keys are stored.");
  return keys;
}

interface Initialisation {
  keys_base64: string[];
  recovery_keys_base64: string[];
  root_token: string;
}

/** The number of keys that Vault splits its own into, and how many of them are enough. */
function keySplit() {
  if (unseals) return { secret_shares: keyShares, secret_threshold: keyThreshold };
  const encryption = pgpKeys.length === 0 ? {} : { recovery_pgp_keys: pgpKeys };
  return { recovery_shares: keyShares, recovery_threshold: keyThreshold, ...encryption };
}

/** Unseals a server, or waits until it has unsealed itself; a follower has to join the leader before it takes keys. */
async function unseal(server: VaultClient, { keys }: VaultKeys): Promise<void> {
  await waitUntilAnswering(server);
  await waitUntil(
    `${server.address} has joined`,
    async () => (await server.sealStatus()).initialized,
  );
  // It takes its time to join, and refuses keys that the unsealer gives at the same moment.
  let given = 0;
  await waitUntil(`${server.address} is unsealed`, async () => {
    const status = await server.sealStatus();
    if (!status.sealed) return true;
    if (!unseals || Date.now() - given < 5_000) return false;
    given = Date.now();
    await server.unseal(keys, status);
    return !(await server.sealStatus()).sealed;
  });
}

/** Gives the deployer its own login, then revokes the root token that made it. */
async function configure({ rootToken }: VaultKeys): Promise<void> {
  const root = rootToken !== undefined && (await isAlive(rootToken)) ? rootToken : undefined;
  // After the first run the Job comes in as the deployer does.
  const token = root ?? (await first.logIn(deployer, deployer));
  await writeDeployerLogin(token);
  if (root !== undefined) await first.must("POST", "auth/token/revoke-self", { token: root });
  if (rootToken !== undefined) await store.forgetRootToken();
}

/** False for a root token that an earlier run revoked, but ended before it could take it out of the Secret. */
async function isAlive(token: string): Promise<boolean> {
  let status = 0;
  await waitUntil("Vault knows its tokens", async () => {
    ({ status } = await first.call("GET", "auth/token/lookup-self", { token }));
    return status === 200 || status === 403;
  });
  return status === 200;
}

async function writeDeployerLogin(token: string): Promise<void> {
  // The first write waits for the active server: one that has just been unsealed refuses for a moment.
  await waitUntil("Vault takes writes", async () => {
    await first.must("PUT", `sys/policies/acl/${deployer}`, { token, body: { policy } });
    return true;
  });
  const mounts = await first.must<Record<string, unknown>>("GET", "sys/auth", { token });
  if (!(`${deployer}/` in mounts))
    await first.must("POST", `sys/auth/${deployer}`, { token, body: { type: "kubernetes" } });
  // Without a reviewer token Vault uses its own pod's, which the kubelet renews.
  const host = { kubernetes_host: "https://kubernetes.default.svc:443" };
  await first.must("POST", `auth/${deployer}/config`, { token, body: host });
  const role = {
    bound_service_account_names: accounts,
    bound_service_account_namespaces: [namespace],
    audience,
    token_policies: [deployer],
    token_ttl: "30m",
    token_max_ttl: "1h",
  };
  await first.must("POST", `auth/${deployer}/role/${deployer}`, { token, body: role });
}

async function waitUntilAnswering(server: VaultClient): Promise<void> {
  await waitUntil(`${server.address} answers`, async () => {
    await server.sealStatus();
    return true;
  });
}

/** Polls for up to ten minutes: a node may still be pulling Vault's image. */
async function waitUntil(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 600_000;
  let reason = "";
  for (let reported = 0; Date.now() < deadline; await sleep(500)) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (error instanceof TooFewKeys) throw error;
      reason = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() - reported > 15_000) {
      console.log(`Waiting until ${what} ${reason && `(${reason})`}`);
      reported = Date.now();
    }
  }
  throw new Error(`Gave up after 10 minutes waiting until ${what}. ${reason}`);
}
