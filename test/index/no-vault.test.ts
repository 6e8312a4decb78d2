import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { before, describe, it } from "mocha";
import { readResources } from "../../policy/cli/input.ts";
import { judgeAll } from "../../policy/cli/judge.ts";
import { readConfig } from "../../policy/engine/config.ts";
import { policies } from "../../policy/rules.ts";
import { secretMark } from "../../plan/render.ts";
import { noVault } from "../support/existing.ts";
import { component, release, synth, type Synthesis } from "../support/synth.ts";

const secret = (name: string) => `kubernetes:core/v1:Secret::${name}`;
const patch = (name: string) => `kubernetes:core/v1:SecretPatch::${name}`;

describe("A stack without Vault", () => {
  let stack: Synthesis;
  before(async () => {
    stack = await synth("prod", noVault);
  });

  it("has neither Vault nor External Secrets, nor anything of their kinds", () => {
    for (const name of ["vault", "external-secrets"])
      assert.ok(!stack.has(name) || stack.of("Release").every((one) => one.name !== name), name);
    for (const { type, inputs } of stack.registrations) {
      assert.ok(!type.startsWith("vault:") && !type.includes("external-secrets.io"), type);
      const { namespace } = (inputs["metadata"] ?? {}) as { namespace?: string };
      assert.ok(!["vault", "external-secrets"].includes(namespace ?? ""), type);
    }
    const groups = stack.input(release("janitor"), "values", "crdGroups") as object;
    assert.ok(!Object.values(groups).includes("external-secrets"));
  });

  it("hands each Secret out itself, with the keys that were copied before, and secret in the state", () => {
    const keys = (key: string) => stack.input(key, "data");
    for (const [key, name, namespace] of [
      [secret("redis-auth"), "shlink-redis-auth", "redis"],
      [secret("shlink-secrets"), "shlink-secrets", "shlink"],
      [patch("db-user-sync"), "shlink-db-pguser-shlink", "postgres"],
    ] as const) {
      assert.equal(stack.input(key, "metadata", "name"), name);
      assert.equal(stack.input(key, "metadata", "namespace"), namespace);
      assert.equal(keys(key), secretMark);
    }
  });

  it("adds the database's keys to PGO's own Secret, before PGO looks for it", () => {
    const cluster =
      "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresCluster::shlink-db";
    assert.deepEqual(stack.resource(patch("db-user-sync")).dependsOn, [secret("db-user")]);
    assert.ok(stack.resource(cluster).dependsOn.includes(patch("db-user-sync")));
  });

  /** What the pods carry, so that they start anew when it changes. */
  function versions(): string[] {
    const deployment = "kubernetes:apps/v1:Deployment::shlink";
    const pod = stack.input(deployment, "spec", "template", "metadata");
    const { annotations } = pod as { annotations: Record<string, string> };
    return (annotations["shlink-platform/secrets"] ?? "").split("-");
  }

  it("starts the pods anew when a password changes", () => {
    assert.equal(versions().length, 3);
    for (const version of versions()) assert.match(version, /^[0-9a-f]{12}$/);
  });

  it("tells nothing of a password by that, however short it is: a key of each secret's own is in the state alone", () => {
    const homes = stack.of("VaultSecret").map(({ name }) => name);
    assert.deepEqual(homes, ["postgres-shlink", "redis-shlink", "shlink-api-key"]);
    for (const name of homes) {
      const key = stack.resource(`random:index/randomBytes:RandomBytes::${name}-digest`);
      assert.equal(key.parent, component("VaultSecret", name));
      assert.deepEqual(key.inputs, { length: 32 });
    }
    const digest = createHmac("sha256", Buffer.alloc(16)).update('{"key":"api-key-value"}');
    assert.equal(versions().at(-1), digest.digest("hex").slice(0, 12));
    assert.ok(!stack.text().includes(Buffer.alloc(16).toString("base64")));
  });

  it("waits for no operator, and is judged like any other", () => {
    const ready = stack.resource(component("Shlink", "shlink")).dependsOn;
    assert.ok(!ready.some((one) => one.includes("ExternalSecrets")));
    const text = JSON.stringify({ stack: "prod", registrations: stack.registrations });
    const config = readConfig(policies, {}, "2026-11-28");
    const findings = judgeAll(policies, readResources("prod", text), config, "2026-11-28");
    assert.deepEqual(
      findings.filter(({ level }) => level === "mandatory").map(({ message }) => message),
      [],
    );
  });
});
