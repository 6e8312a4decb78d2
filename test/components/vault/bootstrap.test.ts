import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "mocha";
import { images } from "../../../platform/images.ts";
import { component, synth, type Synthesis } from "../../support/synth.ts";

const account = (name: string) => `kubernetes:core/v1:ServiceAccount::${name}`;
const role = (name: string) => `kubernetes:rbac.authorization.k8s.io/v1:Role::${name}`;
const binding = (name: string) => `kubernetes:rbac.authorization.k8s.io/v1:RoleBinding::${name}`;
const scripts = "kubernetes:core/v1:ConfigMap::vault-scripts";
const job = "kubernetes:batch/v1:Job::vault-bootstrap";
const unsealer = "kubernetes:apps/v1:Deployment::vault-unsealer";

describe("Vault's bootstrap", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });
  const pod = (stack: Synthesis, key: string) =>
    stack.input(key, "spec", "template", "spec") as Pod;
  const env = (stack: Synthesis, key: string) =>
    Object.fromEntries(
      (pod(stack, key).containers[0]?.env ?? []).map((one) => [one.name, one.value]),
    );

  it("is a Job that opens, a Deployment that keeps open, their scripts, and an account each and for the deployer", () => {
    const expected = [
      account("vault-bootstrap"),
      account("vault-deployer"),
      account("vault-unsealer"),
      role("vault-bootstrap"),
      role("vault-unsealer"),
      binding("vault-bootstrap"),
      binding("vault-unsealer"),
      scripts,
      job,
      unsealer,
    ];
    for (const stack of [dev, prod])
      assert.deepEqual(stack.children(component("VaultBootstrap", "vault")), expected.sort());
  });

  it("begins once the servers are there and its account may write the keys", () => {
    const { dependsOn } = prod.resource(job);
    for (const before of [
      account("vault-bootstrap"),
      binding("vault-bootstrap"),
      component("VaultServer", "vault-server"),
    ])
      assert.ok(dependsOn.includes(before), before);
    for (const before of [binding("vault-unsealer"), job])
      assert.ok(prod.resource(unsealer).dependsOn.includes(before), before);
    for (const name of ["vault-bootstrap", "vault-unsealer"])
      assert.deepEqual(prod.resource(binding(name)).dependsOn, [role(name)]);
  });

  it("binds each account to the role of its own name, and the deployer's to none", () => {
    for (const name of ["vault-bootstrap", "vault-unsealer"]) {
      assert.equal(prod.input(binding(name), "roleRef", "name"), name);
      assert.deepEqual(prod.input(binding(name), "subjects"), [
        { kind: "ServiceAccount", name, namespace: "vault" },
      ]);
    }
    assert.equal(pod(prod, job).serviceAccountName, "vault-bootstrap");
    assert.equal(pod(prod, unsealer).serviceAccountName, "vault-unsealer");
  });

  it("keeps no root token, and its service accounts may read one Secret only", () => {
    const inVault = prod.of("Role").filter(({ inputs }) => {
      const { namespace } = inputs["metadata"] as { namespace: string };
      return namespace === "vault";
    });
    const keys = { apiGroups: [""], resources: ["secrets"], resourceNames: ["vault-unseal-keys"] };
    assert.deepEqual(
      Object.fromEntries(inVault.map(({ name, inputs }) => [name, inputs["rules"]])),
      {
        "vault-bootstrap": [
          { ...keys, verbs: ["get", "patch"] },
          { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
        ],
        "vault-unsealer": [{ ...keys, verbs: ["get"] }],
      },
    );
  });

  it("runs the committed scripts as they are, from a ConfigMap that nobody changes", () => {
    const data = prod.input(scripts, "data") as Record<string, string>;
    assert.equal(prod.input(scripts, "immutable"), true);
    const folder = new URL("../../../", import.meta.url);
    for (const name of [
      "bootstrap.ts",
      "unsealer.ts",
      "environment.ts",
      "http.ts",
      "keys.ts",
      "kube.ts",
      "vault.ts",
    ])
      assert.equal(data[name], readFileSync(new URL(`incluster/${name}`, folder), "utf8"), name);
    assert.equal(
      data["deployer.hcl"],
      readFileSync(new URL("components/vault/deployer.hcl", folder), "utf8"),
    );
    assert.deepEqual(pod(prod, job).containers[0]?.command, ["node", "/scripts/bootstrap.ts"]);
    assert.deepEqual(pod(prod, unsealer).containers[0]?.command, ["node", "/scripts/unsealer.ts"]);
    for (const key of [job, unsealer])
      assert.equal(pod(prod, key).containers[0]?.image, images.node);
  });

  it("is told into how many keys to split, where to keep them, and who may log in for what", () => {
    const { KEY_SHARES, KEY_THRESHOLD, KEYS_SECRET, ...rest } = env(prod, job);
    assert.deepEqual([KEY_SHARES, KEY_THRESHOLD, KEYS_SECRET], ["5", "3", "vault-unseal-keys"]);
    assert.equal(rest["DEPLOYER_ACCOUNTS"], "vault-deployer,vault-bootstrap");
    assert.equal(rest["AUDIENCE"], "vault");
    assert.equal(rest["NAMESPACE"], "vault");
    assert.deepEqual([env(dev, job)["KEY_SHARES"], env(dev, job)["KEY_THRESHOLD"]], ["1", "1"]);
  });

  it("is not tried again by Kubernetes, for a refusal is for a person to read", () => {
    assert.equal(prod.input(job, "spec", "backoffLimit"), 0);
    assert.equal(pod(prod, job).restartPolicy, "Never");
    assert.equal(pod(prod, job).containers[0]?.terminationMessagePolicy, "FallbackToLogsOnError");
  });

  it("gets a token for Vault that lives ten minutes", () => {
    const token = pod(prod, job).volumes.find(({ name }) => name === "vault-token");
    assert.deepEqual(token?.projected?.sources, [
      { serviceAccountToken: { path: "token", audience: "vault", expirationSeconds: 600 } },
    ]);
  });

  it("trusts the authority of Vault's certificate and never sees its private key", () => {
    for (const key of [job, unsealer]) {
      const tls = pod(prod, key).volumes.find(({ name }) => name === "tls");
      assert.deepEqual(tls?.secret, {
        secretName: "vault-server-tls",
        items: [{ key: "ca.crt", path: "ca.crt" }],
      });
      assert.equal(env(prod, key)["VAULT_CACERT"], "/tls/ca.crt");
    }
  });

  it("mounts nothing of TLS where Vault speaks plaintext", () => {
    for (const key of [job, unsealer]) {
      const { volumes, containers } = pod(dev, key);
      assert.ok(!volumes.some(({ name }) => name === "tls"));
      assert.ok(!containers[0]?.volumeMounts.some(({ name }) => name === "tls"));
      assert.equal(env(dev, key)["VAULT_CACERT"], undefined);
    }
  });
});

interface Pod {
  serviceAccountName: string;
  restartPolicy?: string;
  containers: {
    image: string;
    command: string[];
    env: { name: string; value: string }[];
    terminationMessagePolicy: string;
    volumeMounts: { name: string }[];
  }[];
  volumes: {
    name: string;
    secret?: object;
    projected?: { sources: object[] };
  }[];
}
