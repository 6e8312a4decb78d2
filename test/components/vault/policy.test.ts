import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "mocha";
import { deployerPolicy, type Inside } from "../../../components/vault/policy.ts";
import { existing } from "../../support/existing.ts";
import { type Change, synth } from "../../support/synth.ts";

const paths = (text: string) =>
  [...text.matchAll(/^path "([^"]+)"/gm)].map(([, path = ""]) => path);
const vaultSettings = (existing("vault") as { vault: object }).vault;

async function policyFor(vault: object): Promise<string> {
  const change: Change = { vault: { ...vaultSettings, ...vault } };
  const { registrations } = await synth("prod", change);
  return deployerPolicy(registrations.filter(({ type }) => type.startsWith("vault:")));
}

describe("What Vault's administrators let the deployer do", () => {
  let own: string;
  before(async () => {
    own = await policyFor({});
  });

  it("is about the names that the program makes, and of the rest only what is mounted", () => {
    for (const path of paths(own))
      assert.ok(
        ["sys/mounts", "sys/auth"].includes(path) || /(^|\/)links(-|\/|$)/.test(path),
        path,
      );
    for (const shared of ["sys/mounts", "sys/auth"])
      assert.ok(own.includes(`path "${shared}" {\n  capabilities = ["read"]\n}`));
    const wild = paths(own).filter((path) => path.includes("*"));
    assert.deepEqual(wild, ["links/*"]);
  });

  it("is what the bootstrap gives in a Vault of ours, under other names", () => {
    const text = readFileSync("components/vault/deployer.hcl", "utf8");
    const readers = ["-postgres", "-redis", ""].map((place) => `links-external-secrets${place}`);
    // The log, the login, the snapshots, the servers and the unseal keys of another Vault are its administrators'.
    const wanted = paths(text)
      .filter((path) => !/audit|deployer|vault-snapshot|raft|rekey|rotate/.test(path))
      .map((path) =>
        path.replace(/\bkubernetes\b/, "links-kubernetes").replace(/\bsecret\b/, "links"),
      )
      .flatMap((path) =>
        /(external-secrets|role\/)\*$/.test(path)
          ? readers.map((name) => path.replace(/(external-secrets)?\*$/, name))
          : [path],
      );
    assert.deepEqual(paths(own).sort(), wanted.sort());
  });

  it("binds whatever could give the deployer other rights to the one value that the program writes", async () => {
    const { registrations } = await synth("prod", existing("vault"));
    for (const { type, inputs } of registrations) {
      const name = String(inputs["name"] ?? inputs["roleName"]);
      if (type === "vault:index/policy:Policy")
        assert.ok(
          own.includes(
            `path "sys/policies/acl/${name}" {\n  capabilities = ["create","read","update","delete"]\n` +
              `  allowed_parameters = {\n    "policy" = [${JSON.stringify(inputs["policy"])}]\n  }\n}`,
          ),
        );
      if (type.endsWith(":AuthBackendRole"))
        assert.ok(
          own.includes(
            `path "auth/links-kubernetes/role/${name}" {\n  capabilities = ["create","read","update","delete"]\n` +
              `  allowed_parameters = {\n    "token_policies" = [["${name}"]]\n    "*" = []\n  }\n` +
              `  denied_parameters = {\n    "policies" = []\n  }\n}`,
          ),
        );
    }
    for (const bound of [
      '"type" = ["kv"]',
      '"type" = ["kubernetes"]',
      '"kubernetes_host" = ["https://kubernetes.default.svc:443"]',
    ])
      assert.equal(own.split(bound).length, 2, bound);
  });

  it("leaves a login alone that is not ours, but for the roles that the program makes", async () => {
    const lent = await policyFor({ accounts: { mode: "existing", path: "k8s/prod" } });
    assert.deepEqual(
      paths(lent).filter((path) => path.includes("k8s")),
      ["-postgres", "-redis", ""].map(
        (place) => `auth/k8s/prod/role/links-external-secrets${place}`,
      ),
    );
    assert.ok(!lent.includes("sudo"));
  });

  it("says what each rule is for", () => {
    for (const rule of own.trim().split("\n\n")) assert.match(rule, /^# [\w ]+\npath "/);
  });

  it("fails where the program makes what no rule is known for", () => {
    const made: Inside = { type: "vault:index/token:Token", inputs: {} };
    assert.throws(() => deployerPolicy([made]), {
      message: "There is no rule for a vault:index/token:Token in Vault.",
    });
  });
});
