import { authSecret, masterName } from "../../components/redis/names.ts";
import { apiKey } from "../../components/shlink/names.ts";
import type { Target } from "../../effects/exec.ts";
import { workloads } from "../../platform/workloads.ts";
import { readSecret, restartPod, runningPods, until } from "../pods.ts";
import type { Tools } from "../tools.ts";

const { namespace } = workloads.redis;
const port = `${workloads.redis.ports.redis}`;
const sentinelPort = `${workloads.sentinel.ports.sentinel}`;

/** Passwords go through the standard input, and by a shell's own `echo`: no process has them as an argument. */
const scripts = {
  /** Whether the server was started with the password. */
  current: `read -r new; [ "$REDIS_PASSWORD" = "$new" ] && echo current || echo stale`,
  /** Lets the server take both passwords, and replicate with the new one. */
  acceptBoth: `read -r new; read -r old
{ echo "ACL SETUSER default >$new"; [ -z "$old" ] || echo "ACL SETUSER default >$old"; echo "CONFIG SET masterauth $new"; } |
REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli -p ${port}`,
  onlyNew: `read -r new; echo "CONFIG SET requirepass $new" | REDISCLI_AUTH="$new" redis-cli -p ${port}`,
  sentinel: `read -r new
echo "SENTINEL SET ${masterName} auth-pass $new" | redis-cli -p ${sentinelPort}`,
  role: `REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli -p ${port} role | head -n 1`,
  logIn: `read -r password; echo "AUTH $password" | redis-cli -p ${port}`,
};

const run = ({ execute }: Tools, where: Target, script: string, ...input: string[]) =>
  execute(where, ["sh", "-c", script], [...input, ""].join("\n"));

/**
 * Gives Redis another password. While Shlink's pods change over, the servers take both; then these start anew, replicas
 * first, and know the new one only. It goes on where an earlier call was interrupted.
 * @throws Error with a sentence where no server runs, or one does not take the new password.
 */
export async function rotateRedis(tools: Tools): Promise<void> {
  const { report, pulumi } = tools;
  await servers(tools);
  const before = await passwords(tools);
  const isUnfinished = before.redis !== before.shlink || (await stale(tools, before.redis)) > 0;
  if (isUnfinished) report("Going on with a rotation that was interrupted");
  else await makePassword(tools, before.redis);
  const { redis: password } = await passwords(tools);
  const old = [before.redis, before.shlink].find((one) => one !== password) ?? "";
  report("The servers take the old password and the new one");
  await acceptBoth(tools, password, old);
  report("Shlink's pods change over");
  await pulumi.up();
  await restartServers(tools, password);
  await proveLogin(tools, password, old);
}

async function passwords({ ask }: Tools) {
  const { password: redis = "" } = await readSecret(ask, namespace, authSecret);
  const files = await readSecret(ask, workloads.shlink.namespace, apiKey.secret);
  return { redis, shlink: files["redis-password"] ?? "" };
}

/** @throws Error with a sentence where none runs: nobody would take a password, and nobody refuse one. */
async function servers({ ask }: Tools): Promise<Target[]> {
  const all = await runningPods(ask, "redis", "redis");
  if (all.length > 0) return all;
  throw new Error(
    `No Redis server runs in namespace ${namespace}, and nothing can be rotated. Look at: npm run doctor`,
  );
}

async function stale(tools: Tools, password: string): Promise<number> {
  const all = await Promise.all((await servers(tools)).map((one) => isStale(tools, one, password)));
  return all.filter(Boolean).length;
}

const isStale = async (tools: Tools, server: Target, password: string) =>
  (await run(tools, server, scripts.current, password)).trim() !== "current";

/** Brings the new password as far as Redis' own Secret; Shlink's follows when the servers take it. */
async function makePassword(tools: Tools, before: string): Promise<void> {
  tools.report("Making a new password");
  const password = "**RandomPassword::redis-password";
  const targets = [password, "**SecretV2::redis-shlink", "**ExternalSecret::redis-auth"];
  await tools.pulumi.up("--replace", password, ...targets.flatMap((one) => ["--target", one]));
  await until(
    `another password in Secret ${namespace}/${authSecret}`,
    tools,
    async () => (await passwords(tools)).redis !== before,
  );
}

async function acceptBoth(tools: Tools, password: string, old: string): Promise<void> {
  for (const server of await servers(tools)) {
    const answer = await run(tools, server, scripts.acceptBoth, password, old);
    refuse(server, answer, /^(OK\s*)+$/);
  }
  for (const sentinel of await runningPods(tools.ask, "sentinel", "sentinel"))
    refuse(sentinel, await run(tools, sentinel, scripts.sentinel, password), /^OK\s*$/);
}

/** An answer may repeat what was sent: it is not shown. */
function refuse({ namespace, pod }: Target, answer: string, wanted: RegExp): void {
  if (!wanted.test(answer))
    throw new Error(
      `${namespace}/${pod} does not take the new password; run this again, or look at: npm run doctor`,
    );
}

/** Replicas first: a master hands over before it goes, to one that has started anew. One that has, already, is told. */
async function restartServers(tools: Tools, password: string): Promise<void> {
  const roles = await Promise.all(
    (await servers(tools)).map(async (server) => {
      const role = (await run(tools, server, scripts.role)).trim();
      return { server, isMaster: role === "master" };
    }),
  );
  const inOrder = roles.sort((a, b) => Number(a.isMaster) - Number(b.isMaster));
  for (const { server } of inOrder) {
    if (!(await isStale(tools, server, password))) {
      refuse(server, await run(tools, server, scripts.onlyNew, password), /^OK\s*$/);
      continue;
    }
    tools.report(`Starting ${server.namespace}/${server.pod} anew`);
    await restartPod(tools, server);
  }
}

async function proveLogin(tools: Tools, password: string, old: string): Promise<void> {
  for (const server of await servers(tools)) {
    refuse(server, await run(tools, server, scripts.logIn, password), /^OK\s*$/);
    if (old !== "" && /^OK/.test(await run(tools, server, scripts.logIn, old)))
      throw new Error(`${server.namespace}/${server.pod} still takes the old password.`);
  }
  tools.report("Each Redis server takes the new password, and refuses the old one");
}
