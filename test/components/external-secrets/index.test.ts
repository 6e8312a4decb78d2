import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { externalSecretsValues, goDuration } from "../../../components/external-secrets/index.ts";
import { component, release, synth, type Synthesis } from "../../support/synth.ts";

const operator = release("external-secrets");
const requests = { cpu: "1m", memory: "1Mi" };
const external = (kind: string, name: string) =>
  `kubernetes:external-secrets.io/v1:${kind}::${name}`;
const rbac = (kind: string, name: string) =>
  `kubernetes:rbac.authorization.k8s.io/v1:${kind}::${name}`;
interface Rule {
  resources: string[];
  verbs: string[];
}
const account = (name: string) => `kubernetes:core/v1:ServiceAccount::${name}-account`;
const value = (name: string) => `vault:kv/secretV2:SecretV2::${name}`;
const values = (replicas: number) =>
  externalSecretsValues({ charts: {}, namespace: "n", replicas, requests });

/** Each namespace's reader, with what it copies. */
const readers = {
  "external-secrets": { namespace: "shlink", sync: "shlink-secrets", target: "shlink-secrets" },
  "external-secrets-postgres": {
    namespace: "postgres",
    sync: "db-user-sync",
    target: "shlink-db-pguser-shlink",
  },
  "external-secrets-redis": { namespace: "redis", sync: "redis-auth", target: "shlink-redis-auth" },
};

describe("The External Secrets operator", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });

  it("is one Helm release that brings its definitions, and its rights", () => {
    for (const stack of [dev, prod]) {
      const leader = stack === prod ? ["external-secrets-leader"] : [];
      const children = stack.children(component("ExternalSecrets", "external-secrets"));
      const rights = ["external-secrets-watch", "external-secrets-certificates"].flatMap((name) => [
        rbac("ClusterRole", name),
        rbac("ClusterRoleBinding", name),
      ]);
      const own = ["external-secrets-certificates", ...leader].flatMap((name) => [
        rbac("Role", name),
        rbac("RoleBinding", name),
      ]);
      assert.deepEqual(children, [operator, ...rights, ...own].sort());
      assert.equal(stack.input(operator, "values", "installCRDs"), true);
    }
  });

  it("gets no rights from its chart, and ours before its first pod", () => {
    assert.deepEqual(prod.input(operator, "values", "rbac"), { create: false });
    assert.deepEqual(prod.input(operator, "values", "certController", "rbac"), { create: false });
    const { dependsOn } = prod.resource(operator);
    assert.ok(dependsOn.includes(rbac("ClusterRoleBinding", "external-secrets-watch")));
    assert.ok(dependsOn.includes(rbac("ClusterRoleBinding", "external-secrets-certificates")));
    assert.ok(dependsOn.includes(rbac("RoleBinding", "external-secrets-certificates")));
    assert.ok(dependsOn.includes(rbac("RoleBinding", "external-secrets-leader")));
  });

  it("makes no tokens and writes no Secrets but where a role of the namespace says so", () => {
    for (const name of ["external-secrets-watch", "external-secrets-certificates"]) {
      const rules = prod.input(rbac("ClusterRole", name), "rules") as Rule[];
      for (const { resources, verbs } of rules) {
        assert.ok(!resources.includes("serviceaccounts/token"), name);
        if (resources.includes("secrets")) assert.deepEqual(verbs, ["list", "watch"]);
      }
    }
    const certificates = prod.input(rbac("Role", "external-secrets-certificates"), "rules");
    assert.deepEqual(certificates, [
      {
        apiGroups: [""],
        resources: ["secrets"],
        verbs: ["get", "update"],
        resourceNames: ["external-secrets-webhook"],
      },
    ]);
  });

  it("is granted each right under the account of the part that needs it", () => {
    const subject = (kind: string, name: string) =>
      prod.input(rbac(kind, name), "subjects", 0, "name");
    assert.equal(subject("ClusterRoleBinding", "external-secrets-watch"), "external-secrets");
    assert.equal(subject("RoleBinding", "external-secrets-leader"), "external-secrets");
    for (const kind of ["ClusterRoleBinding", "RoleBinding"])
      assert.equal(
        subject(kind, "external-secrets-certificates"),
        "external-secrets-cert-controller",
      );
  });

  it("is there before the first SecretStore, which its webhook judges", () => {
    const before = component("ExternalSecrets", "external-secrets");
    for (const [type, name] of [
      ["Database", "database"],
      ["Redis", "redis"],
      ["Shlink", "shlink"],
    ] as const)
      assert.ok(prod.resource(component(type, name)).dependsOn.includes(before), name);
  });

  it("is asked in version v1 of its API only", () => {
    const used = dev.registrations.filter(({ type }) => type.includes("external-secrets.io"));
    assert.ok(used.length >= 6);
    for (const { inputs } of used) assert.equal(inputs["apiVersion"], "external-secrets.io/v1");
  });

  it("gets durations as it writes them itself, so that it takes no field over", () => {
    const forms = { "30s": "30s", "1m": "1m0s", "90s": "1m30s", "1h": "1h0m0s", "90m": "1h30m0s" };
    for (const [given, written] of Object.entries(forms)) assert.equal(goDuration(given), written);
  });

  it("elects a leader and keeps a budget, its webhook's too, where there are several", () => {
    const budget = { enabled: true, minAvailable: 1 };
    const { replicaCount, leaderElect, podDisruptionBudget, webhook } = values(2);
    assert.deepEqual([replicaCount, leaderElect, podDisruptionBudget], [2, true, budget]);
    assert.equal(webhook.replicaCount, 2);
    assert.deepEqual(webhook.podDisruptionBudget, budget);
  });

  it("has no budget, which would forbid a drain, where there is one", () => {
    assert.equal(values(1).leaderElect, false);
    assert.ok(!("podDisruptionBudget" in values(1)));
    assert.ok(!("podDisruptionBudget" in values(1).webhook));
  });

  it("asks what is set for each of its three workloads", () => {
    const { resources, webhook, certController } = values(1);
    for (const one of [resources, webhook.resources, certController.resources])
      assert.deepEqual(one, { requests });
  });
});

describe("A namespace's way to Vault", () => {
  let prod: Synthesis;
  before(async () => {
    prod = await synth("prod");
  });

  for (const [name, { namespace, sync, target }] of Object.entries(readers))
    describe(`in ${namespace}`, () => {
      const store = external("SecretStore", `${name}-store`);
      const copy = external("ExternalSecret", sync);

      it("is an account, a store, what is copied, and the operator's right to do that", () => {
        const rights = ["Role", "RoleBinding"].map((kind) => rbac(kind, `${name}-sync`));
        const expected = [account(name), store, copy, ...rights].sort();
        assert.deepEqual(prod.children(component("SecretReader", name)), expected);
        for (const key of expected)
          assert.equal(prod.input(key, "metadata", "namespace"), namespace);
      });

      it("logs in with that account, which no pod gets a token of", () => {
        assert.equal(prod.input(account(name), "metadata", "name"), "external-secrets-sa");
        assert.equal(prod.input(account(name), "automountServiceAccountToken"), false);
        const login = prod.input(store, "spec", "provider", "vault", "auth", "kubernetes");
        assert.deepEqual(login, {
          mountPath: "kubernetes",
          role: name,
          serviceAccountRef: { name: "external-secrets-sa", audiences: ["vault"] },
        });
      });

      it("lets the operator make tokens of that account only, before the store needs one", () => {
        const rules = prod.input(rbac("Role", `${name}-sync`), "rules") as Rule[];
        assert.deepEqual(
          rules.filter(({ resources }) => resources.includes("serviceaccounts/token")),
          [
            {
              apiGroups: [""],
              resources: ["serviceaccounts/token"],
              verbs: ["create"],
              resourceNames: ["external-secrets-sa"],
            },
          ],
        );
        const binding = rbac("RoleBinding", `${name}-sync`);
        assert.deepEqual(prod.input(binding, "subjects"), [
          { kind: "ServiceAccount", name: "external-secrets", namespace: "external-secrets" },
        ]);
        assert.equal(prod.input(binding, "roleRef", "name"), "external-secrets-sync");
        assert.ok(prod.resource(store).dependsOn.includes(binding));
      });

      it("is a store named vault-backend for version 2 of the mount, waited for until it is ready", () => {
        assert.equal(prod.input(store, "metadata", "name"), "vault-backend");
        assert.equal(prod.input(store, "spec", "provider", "vault", "path"), "secret");
        assert.equal(prod.input(store, "spec", "provider", "vault", "version"), "v2");
        const wait = prod.input(store, "metadata", "annotations", "pulumi.com/waitFor");
        assert.equal(wait, "condition=Ready");
        assert.ok(prod.resource(store).dependsOn.includes(account(name)));
      });

      it("copies into its Secret from that store, and is done when the copy is there", () => {
        assert.equal(prod.input(copy, "spec", "target", "name"), target);
        assert.deepEqual(prod.input(copy, "spec", "secretStoreRef"), {
          name: "vault-backend",
          kind: "SecretStore",
        });
        assert.equal(prod.input(copy, "spec", "refreshInterval"), "1h0m0s");
        assert.ok(prod.resource(copy).dependsOn.includes(store));
        const wait = prod.input(copy, "metadata", "annotations", "pulumi.com/waitFor");
        assert.match(String(wait), /\.reason\}=SecretSynced$/);
      });
    });

  it("copies after the values are in Vault, and again when one of them has a new version", () => {
    const copy = external("ExternalSecret", "shlink-secrets");
    const { dependsOn } = prod.resource(copy);
    for (const name of ["postgres-shlink", "redis-shlink", "shlink-api-key"])
      assert.ok(dependsOn.includes(value(name)), name);
    assert.equal(prod.input(copy, "metadata", "annotations", "force-sync"), "1-1-1");
  });

  it("copies each key of Shlink's Secret from the one place where it begins", () => {
    const data = prod.input(external("ExternalSecret", "shlink-secrets"), "spec", "data");
    const from = (secretKey: string, key: string, property: string) => ({
      secretKey,
      remoteRef: { key, property },
    });
    assert.deepEqual(data, [
      from("db-password", "postgres/shlink", "password"),
      from("redis-password", "redis/shlink", "password"),
      from("api-key", "shlink/api-key", "key"),
    ]);
  });
});
