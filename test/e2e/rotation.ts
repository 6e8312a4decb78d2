import assert from "node:assert/strict";
import { connect } from "node:tls";
import { it } from "mocha";
import { keysSecrets } from "../../components/vault/names.ts";
import { call, createLink, type Entry, readApiKey } from "../../local/stack/smoke.ts";
import type { StackName } from "../../local/stack/stacks.ts";
import { command } from "./commands.ts";
import {
  execute,
  figure,
  kill,
  kubeconfig,
  query,
  secretValue,
  until,
  vaultServes,
} from "./platform.ts";
import { podNames } from "./pods.ts";
import { underRedirects } from "./redirects.ts";

const load = { perSecond: 10, atMost: 540 };

/** Tests for a running platform: each kind of secret gets another value while visitors come. */
export function rotates(entry: () => Entry, stack: StackName): void {
  it("changes Redis' password without a failed redirect, and the old one is refused", async () => {
    const before = await secretValue("redis", "shlink-redis-auth", "password");
    await rotatesUnderRedirects(entry(), stack, "redis");
    assert.notEqual(await secretValue("redis", "shlink-redis-auth", "password"), before);
    for (const pod of await podNames("redis", "app.kubernetes.io/component=redis"))
      assert.match(await logInto(pod, before), /WRONGPASS/);
  });

  it("changes the API key without a failed redirect, and the old one is refused", async () => {
    const before = await readApiKey(kubeconfig);
    await rotatesUnderRedirects(entry(), stack, "api-key");
    const key = await readApiKey(kubeconfig);
    assert.notEqual(key, before);
    await createLink(entry(), key, "https://example.com/rotated");
    const answer = await call(entry(), { path: "/rest/v3/short-urls", key: before });
    assert.equal(answer.status, 401);
  });

  it("changes the keys of Vault's certificate and the gateway's without a failed redirect", async () => {
    const before = await fingerprint(entry());
    await rotatesUnderRedirects(entry(), stack, "certificates");
    assert.notEqual(await fingerprint(entry()), before);
  });

  for (const number of [1, 2])
    it(`changes the database's login without a failed redirect, the ${["first", "second"][number - 1]} time`, async () => {
      await rotatesUnderRedirects(entry(), stack, "database");
      const roles =
        "SELECT string_agg(rolname, ' ' ORDER BY rolname COLLATE \"C\") FROM pg_roles WHERE rolname ~ '^shlink'";
      assert.equal(await query(roles), `shlink shlink_${number}`);
      await createLink(entry(), await readApiKey(kubeconfig), "https://example.com/new-login");
      const owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'";
      assert.equal(await query(owners), "shlink");
    });

  it("changes Vault's unseal keys without a failed redirect, and the new ones open a server that starts", async () => {
    const key = () => secretValue("vault", keysSecrets.unseal, "unseal-key-0");
    const before = await key();
    await rotatesUnderRedirects(entry(), stack, "vault-admin");
    assert.notEqual(await key(), before);
    await kill("vault", "vault-0");
    await until("Vault open again", 180, () => vaultServes("https", "vault-0"));
  });
}

async function rotatesUnderRedirects(entry: Entry, stack: StackName, kind: string): Promise<void> {
  const begun = Date.now();
  const report = await underRedirects({ ...load, entry }, async () => {
    const { code, output } = await command(stack, "rotate", kind);
    assert.equal(code, 0, output);
  });
  figure(`Seconds of the rotation of ${kind}`, (Date.now() - begun) / 1000);
  assert.deepEqual(report.failures, []);
}

/** What a Redis server answers to a password that is good for nothing any more. */
const logInto = (pod: string, password: string) =>
  execute(
    { namespace: "redis", pod, container: "redis" },
    ["sh", "-c", `read -r password; echo "AUTH $password" | redis-cli`],
    `${password}\n`,
  );

/** Of the certificate that the gateway serves, which the entry's authority has signed. */
const fingerprint = ({ address, port, host, ca }: Entry) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect({ host: address, port, servername: host, ca }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once("error", reject);
  });
