import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { component, release, synth, type Synthesis } from "../support/synth.ts";

const plaintext = { mode: "plaintext" };
const secret = { mode: "secret", secretName: "own-tls" };
const none = { mode: "none" };
const file = { mode: "file", storage: "1Gi", maxSize: "100Mi", keep: 4 };

/** Stack prod with other settings of Vault. */
const prod = (tls: object, audit: object) => synth("prod", { vault: { tls, audit } });

interface Container {
  env: { name: string; value: string }[];
  image: string;
  command: string[];
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
  securityContext: object;
  resources: { requests: object; limits: object };
}

const server = (stack: Synthesis, key: string) =>
  stack.input(release("vault"), "values", "server", key);
const container = (stack: Synthesis) => {
  const [first, ...others] = server(stack, "extraContainers") as Container[];
  assert.deepEqual(others, []);
  return first!;
};
const env = (stack: Synthesis) =>
  Object.fromEntries(container(stack).env.map(({ name, value }) => [name, value]));
const mounts = (stack: Synthesis) => container(stack).volumeMounts.map(({ name }) => name);
const volumes = (stack: Synthesis) =>
  server(stack, "volumes") as { name: string; secret?: object }[];

describe("Vault's reloader", () => {
  let whole: Synthesis;
  before(async () => {
    whole = await prod(secret, file);
  });

  it("is a script in a ConfigMap that never changes, and a container beside each server", () => {
    const key = "kubernetes:core/v1:ConfigMap::vault-reloader";
    const children = whole.children(component("VaultServer", "vault-server"));
    assert.deepEqual(children, [key, release("vault")]);
    assert.equal(whole.input(key, "immutable"), true);
    const files = Object.keys(whole.input(key, "data") as object);
    assert.deepEqual(files.sort(), ["environment.ts", "reloader.ts"]);
    assert.deepEqual(container(whole).command, ["node", "/scripts/reloader.ts"]);
    assert.match(container(whole).image, /\/node:/);
  });

  it("sees the server's processes, without any right but that of the same user", () => {
    assert.equal(server(whole, "shareProcessNamespace"), true);
    assert.deepEqual(container(whole).securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const pod = (server(whole, "statefulSet") as { securityContext: { pod: object } })
      .securityContext.pod;
    assert.equal((pod as { runAsUser: number }).runAsUser, 100);
  });

  it("asks for little, and has a limit of memory", () => {
    const { requests, limits } = container(whole).resources;
    assert.deepEqual(Object.keys(requests), ["cpu", "memory"]);
    assert.deepEqual(Object.keys(limits), ["memory"]);
  });

  it("knows the certificate without its key, and the log with its limits", () => {
    assert.deepEqual(env(whole), {
      VAULT_PORT: "8200",
      INTERVAL_SECONDS: "5",
      CERTIFICATE: "/certificate/tls.crt",
      AUDIT_LOG: "/audit/audit.log",
      AUDIT_MAX_BYTES: `${100 * 1024 * 1024}`,
      AUDIT_KEEP: "4",
    });
    const certificate = volumes(whole).find(({ name }) => name === "certificate");
    assert.deepEqual(certificate?.secret, {
      secretName: "own-tls",
      items: [{ key: "tls.crt", path: "tls.crt" }],
    });
    const writable = container(whole).volumeMounts.filter(({ readOnly }) => readOnly !== true);
    assert.deepEqual(writable, [{ name: "audit", mountPath: "/audit" }]);
  });

  it("looks after the certificate alone where there is no log", async () => {
    const stack = await prod(secret, none);
    assert.deepEqual(mounts(stack), ["reloader", "certificate"]);
    assert.equal(env(stack)["AUDIT_LOG"], undefined);
  });

  it("looks after the log alone where Vault speaks plaintext", async () => {
    const stack = await prod(plaintext, file);
    assert.deepEqual(mounts(stack), ["reloader", "audit"]);
    assert.equal(env(stack)["CERTIFICATE"], undefined);
    assert.deepEqual(
      volumes(stack).map(({ name }) => name),
      ["reloader"],
    );
  });

  it("is not there when there is nothing to look after, and processes are not shared", async () => {
    const stack = await prod(plaintext, none);
    assert.deepEqual(stack.children(component("VaultServer", "vault-server")), [release("vault")]);
    for (const key of ["extraContainers", "shareProcessNamespace"])
      assert.equal(server(stack, key), undefined, key);
    assert.deepEqual(volumes(stack), []);
  });
});
