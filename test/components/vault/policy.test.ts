import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { deployerPolicy } from "../../../components/vault/policy.ts";

const settings = {
  mode: "existing",
  address: "https://vault.example.com",
  prefix: "links",
  login: { mode: "tokenFile", file: "token" },
} as const;
const paths = (text: string) => [...text.matchAll(/^path "([^"]+)"/gm)].map(([, path]) => path);

describe("What Vault's administrators let the deployer do", () => {
  const own = deployerPolicy({ ...settings, accounts: { mode: "own" } });

  it("is about our prefix, and of the rest only what is mounted", () => {
    for (const path of paths(own))
      assert.ok(
        ["sys/mounts", "sys/auth"].includes(path ?? "") || /(^|\/)links(-|\/|$)/.test(path ?? ""),
        path,
      );
    for (const shared of ["sys/mounts", "sys/auth"])
      assert.ok(own.includes(`path "${shared}" { capabilities = ["read"] }`));
  });

  it("is what the bootstrap gives in a Vault of ours, under other names", () => {
    const text = readFileSync("components/vault/deployer.hcl", "utf8");
    const wanted = paths(text)
      .filter((path = "") => !/audit|deployer|vault-snapshot/.test(path))
      .map((path = "") =>
        path
          .replace(/\bkubernetes\b/, "links-kubernetes")
          .replace(/\bsecret\b/, "links")
          .replace("external-secrets*", "links-*")
          .replace("role/*", "role/links-*"),
      );
    assert.deepEqual(paths(own).sort(), wanted.sort());
  });

  it("leaves a login alone that is not ours, but for roles of our prefix", () => {
    const lent = deployerPolicy({ ...settings, accounts: { mode: "existing", path: "k8s/prod" } });
    const touching = paths(lent).filter((path) => path?.includes("k8s"));
    assert.deepEqual(touching, ["auth/k8s/prod/role/links-*"]);
    assert.ok(!lent.includes("sudo"));
  });

  it("says what each rule is for", () => {
    for (const line of own.trim().split("\n"))
      assert.match(line, /^path "[^"]+" \{ capabilities = \["\w+"(, "\w+")*\] \} # [\w ]+$/);
  });
});
