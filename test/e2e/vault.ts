import assert from "node:assert/strict";
import { it } from "mocha";
import { setTimeout as sleep } from "node:timers/promises";
import { deployer } from "../../components/vault/bootstrap.ts";
import { audience } from "../../components/vault/names.ts";
import { ask, kill, kubernetes, synced, until, vaultServes } from "./platform.ts";

const servers = ["vault-0", "vault-1", "vault-2"];
const service = "/api/v1/namespaces/vault/services/https:vault:8200/proxy/v1";

/** Tests for a running platform with three Vault servers: whatever is lost, no write is, and nobody is needed. */
export function vaultSurvives(): void {
  for (const pod of servers)
    it(`keeps every acknowledged write when ${pod} is killed, and External Secrets goes on`, async () => {
      const { written, refused } = await writing(pod, async () => {
        await kill("vault", pod);
        await allOpen();
        await synced("shlink", "shlink-secrets");
      });
      console.log(`      ${written.length} writes acknowledged, ${refused} refused`);
      assert.ok(written.length > 20);
      // A server that has just come back may answer before it has all.
      const complete = async () => (await missing(written)).length === 0;
      await until("every write read back", 60, complete).catch(() => undefined);
      assert.deepEqual(await missing(written), []);
    });

  it("serves again without a human when all three are killed at once", async () => {
    await Promise.all(servers.map((pod) => kill("vault", pod)));
    const seconds = await allOpen();
    console.log(`      Vault serves again after ${seconds.toFixed(0)} s`);
    await synced("shlink", "shlink-secrets");
  });
}

/** Waits until each server is open again. */
export function allOpen(): Promise<number> {
  return until("all servers open", 180, async () => {
    const states = await Promise.all(servers.map((pod) => vaultServes("https", pod)));
    return states.every(Boolean);
  });
}

interface Written {
  path: string;
  value: string;
}

/** Writes ten times a second for as long as `work` takes. What Vault did not acknowledge does not count. */
async function writing(
  name: string,
  work: () => Promise<void>,
): Promise<{ written: Written[]; refused: number }> {
  const token = await login();
  const written: Written[] = [];
  let refused = 0;
  let done = false;
  const working = work().finally(() => (done = true));
  working.catch(() => undefined);
  for (let number = 0; !done; number++, await sleep(100)) {
    const one = { path: `secret/data/e2e/${name}/${number}`, value: `${Date.now()}` };
    if (await write(token, one)) written.push(one);
    else refused++;
  }
  await working;
  return { written, refused };
}

/** Whether Vault acknowledged the write. */
async function write(token: string, { path, value }: Written): Promise<boolean> {
  const headers = { "x-vault-token": token };
  const body = JSON.stringify({ data: { value } });
  const answer = await ask("POST", `${service}/${path}`, { headers, body }).catch(() => undefined);
  return answer?.status === 200;
}

async function read(token: string, path: string): Promise<string | undefined> {
  const headers = { "x-vault-token": token };
  const { body } = await ask("GET", `${service}/${path}`, { headers });
  return (JSON.parse(body) as { data?: { data: { value: string } } }).data?.data.value;
}

/** Which writes Vault does not have as they were written. */
async function missing(written: Written[]): Promise<Written[]> {
  const token = await login();
  const lost: Written[] = [];
  for (const one of written) if ((await read(token, one.path)) !== one.value) lost.push(one);
  return lost;
}

/** Writes one value, as the deployer. */
export async function writeValue(path: string, value: string): Promise<void> {
  assert.ok(await write(await login(), { path, value }), `${path} was not written`);
}

/** Reads it back. */
export const readValue = async (path: string) => read(await login(), path);

/** A token of the deployer, who may write below secret/. Servers that are open again may still choose the one that leads. */
async function login(): Promise<string> {
  const body = { spec: { audiences: [audience] } };
  const account = { name: deployer.account, namespace: "vault" };
  const made = await kubernetes().core.createNamespacedServiceAccountToken({ ...account, body });
  const credentials = JSON.stringify({ role: deployer.login, jwt: made.status?.token });
  const path = `${service}/auth/${deployer.login}/login`;
  let token: string | undefined;
  await until("a login at Vault", 30, async () => {
    const answer = await ask("POST", path, { body: credentials });
    token = (JSON.parse(answer.body) as { auth?: { client_token: string } }).auth?.client_token;
    return token !== undefined;
  });
  return token ?? "";
}
