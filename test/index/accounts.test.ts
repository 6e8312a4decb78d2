import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Registration } from "../../plan/render.ts";
import { stacks, synth } from "../support/synth.ts";

interface Pod {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  containers?: unknown;
}

/** Every pod's spec in a tree, wherever a kind keeps it: charts' values and custom resources, too. */
function pods(value: unknown): Pod[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.values(value).flatMap(pods);
  return Array.isArray((value as Pod).containers) ? [value, ...below] : below;
}

const kind = (registrations: Registration[], suffix: string) =>
  registrations.filter(({ type }) => type.endsWith(`:${suffix}`));
const named = (registrations: Registration[], name: string) =>
  registrations.find((one) => one.name === name)?.inputs ?? {};

for (const stack of stacks)
  describe(`The accounts of stack ${stack}`, () => {
    let registrations: Registration[] = [];
    /** Which accounts hand a token to the pods that run as them. */
    let tokens: Record<string, boolean> = {};
    before(async () => {
      ({ registrations } = await synth(stack));
      tokens = Object.fromEntries(
        kind(registrations, "ServiceAccount").map(({ inputs }) => {
          const { metadata, automountServiceAccountToken } = inputs as unknown as Account;
          return [`${metadata.namespace}/${metadata.name}`, automountServiceAccountToken !== false];
        }),
      );
    });

    it("hand a token to the pods of Vault's bootstrap and unsealer, and to no others", () => {
      const handing = Object.keys(tokens).filter((account) => tokens[account]);
      assert.deepEqual(handing.sort(), ["vault/vault-bootstrap", "vault/vault-unsealer"]);
    });

    it("are one of its own for each pod that the program makes, or none at all", () => {
      const made = registrations.filter(({ type }) => /:(Job|CronJob|Deployment)$/.test(type));
      assert.ok(made.length >= 5);
      for (const { name, inputs } of made) {
        const { namespace } = (inputs as unknown as Account).metadata;
        const found = pods(inputs);
        assert.equal(found.length, 1, name);
        for (const { serviceAccountName, automountServiceAccountToken } of found)
          if (automountServiceAccountToken !== false)
            assert.ok(`${namespace}/${serviceAccountName}` in tokens, name);
      }
    });

    it("give none to Redis and its sentinels, which the operator would let mount the default account's", () => {
      const { spec } = named(registrations, "shlink-redis") as { spec: Record<string, Pod> };
      for (const part of ["redis", "sentinel"]) {
        const account = `redis/${spec[part]?.serviceAccountName}`;
        assert.equal(account, "redis/shlink-redis-servers");
        assert.equal(tokens[account], false);
      }
      const failover = registrations.find(({ type }) => type.endsWith(":RedisFailover"));
      const before = "kubernetes:core/v1:ServiceAccount::redis-account";
      assert.ok(failover?.dependsOn.includes(before));
    });

    it("give none to the gateway, which keeps the account by whose name it is known", () => {
      const gateway = registrations.find(
        ({ type, name }) => type.endsWith(":Release") && name === "istio-ingressgateway",
      );
      const { serviceAccount } = (gateway?.inputs["values"] ?? {}) as {
        serviceAccount?: object;
      };
      assert.deepEqual(serviceAccount, { create: false, name: "istio-ingressgateway" });
      assert.equal(tokens["istio-ingress/istio-ingressgateway"], false);
      const before = "kubernetes:core/v1:ServiceAccount::istio-ingressgateway";
      assert.ok(gateway?.dependsOn.includes(before));
    });

    it("are named wherever something is granted: never a default account, never a group", () => {
      const bindings = [
        ...kind(registrations, "RoleBinding"),
        ...kind(registrations, "ClusterRoleBinding"),
      ];
      assert.ok(bindings.length >= 2);
      for (const { name, inputs } of bindings)
        for (const subject of (inputs as unknown as Binding).subjects) {
          assert.equal(subject.kind, "ServiceAccount", name);
          assert.notEqual(subject.name, "default", name);
        }
    });
  });

interface Account {
  metadata: { namespace: string; name: string };
  automountServiceAccountToken?: boolean;
}

interface Binding {
  subjects: { kind: string; name: string }[];
}
