import assert from "node:assert/strict";
import { after, before, describe } from "mocha";
import { stopCluster } from "../../local/cluster/index.ts";
import { devSettings, entryOf } from "../../local/stack/entry.ts";
import { prepare } from "../../local/stack/prepare.ts";
import type { Entry } from "../../local/stack/smoke.ts";
import { keepsApiKeys } from "./api-keys.ts";
import { pulumi } from "./commands.ts";
import { carriesLinks } from "./links.ts";
import { kubernetes, local } from "./platform.ts";
import { rotates } from "./rotation.ts";
import { goesBackByCommand } from "./take-back.ts";
import { putsVaultBack } from "./vault-snapshot.ts";

const stack = "dev";
const port = 30443;
const dev = entryOf(await devSettings());

/** What there is to restore and to rotate, which dev goes without. */
const settings = {
  "database.backups.mode": "volume",
  "database.backups.storage": "1Gi",
  "vault.tls.mode": "internal",
  "vault.snapshots.mode": "volume",
  "vault.snapshots.storage": "1Gi",
  "routing.tls.mode": "internal",
  "mesh.gateway.service.httpsNodePort": `${port}`,
};

describe("What an operator does now and then", () => {
  let entry: Entry = { ...dev, port };

  before(async () => {
    await local("clean");
    await prepare((line) => console.log(`      ${line}`));
    for (const [path, value] of Object.entries(settings)) {
      const key = `shlink-platform:settings.${path}`;
      assert.equal((await pulumi(stack, "config", "set", "--path", key, value)).code, 0, path);
    }
    const { code, output } = await pulumi(stack, "up", "--yes", "--skip-preview");
    assert.equal(code, 0, output);
    const secret = { name: "shlink-tls", namespace: "istio-ingress" };
    const { data } = await kubernetes().core.readNamespacedSecret(secret);
    entry = { ...entry, ca: Buffer.from(data?.["ca.crt"] ?? "", "base64").toString() };
  });
  after(() => stopCluster());

  describe("Links", () => carriesLinks(() => entry, stack));
  describe("A restore", () => goesBackByCommand(() => entry, stack));
  describe("A rotation", () => rotates(() => entry, stack));
  describe("An API key of the stack file", () => keepsApiKeys(() => entry, stack));
  describe("A snapshot of Vault", () => putsVaultBack({ entry: () => entry, stack, up: true }));
});
