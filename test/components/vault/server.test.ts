import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { component, release, synth, type Synthesis } from "../../support/synth.ts";

const vault = release("vault");
const job = "kubernetes:batch/v1:Job::vault-bootstrap";

describe("The Vault servers", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });
  const config = (stack: Synthesis) =>
    stack.input(vault, "values", "server", "ha", "raft", "config") as string;

  it("are one Helm release, with a certificate and its reloader where they have one", () => {
    const server = component("VaultServer", "vault-server");
    assert.deepEqual(dev.children(server), [vault]);
    assert.deepEqual(prod.children(server), [
      "kubernetes:core/v1:ConfigMap::vault-reloader",
      vault,
      component("IssuedCertificate", "vault-server"),
    ]);
    assert.deepEqual(dev.resource(vault).dependsOn, []);
  });

  it("end by a hook that waits for them, for the end of their shell would be theirs", () => {
    for (const stack of [dev, prod])
      assert.deepEqual(stack.input(vault, "values", "server", "preStop"), [
        "/bin/sh",
        "-c",
        "sleep 5; kill -TERM $(pidof vault); while pidof vault >/dev/null; do sleep 1; done",
      ]);
  });

  it("form a raft of as many as are set, also if it is one", () => {
    for (const [stack, replicas] of [
      [dev, 1],
      [prod, 3],
    ] as const) {
      assert.equal(stack.input(vault, "values", "server", "ha", "enabled"), true);
      assert.equal(stack.input(vault, "values", "server", "ha", "replicas"), replicas);
      assert.equal(stack.input(vault, "values", "server", "ha", "raft", "enabled"), true);
      assert.equal(stack.input(vault, "values", "server", "standalone", "enabled"), false);
    }
    assert.equal(config(prod).match(/retry_join/g)?.length, 3);
    assert.doesNotMatch(config(dev), /retry_join/);
  });

  it("are ready while sealed, so that the bootstrap can reach them", () => {
    const path = dev.input(vault, "values", "server", "readinessProbe", "path") as string;
    assert.match(path, /sealedcode=204&uninitcode=204/);
  });

  it("spread over nodes strictly and over zones where they can, and schedule on one node too", () => {
    // The chart's anti-affinity leaves the second server of a single node pending.
    assert.equal(prod.input(vault, "values", "server", "affinity"), "");
    const spread = (topologyKey: string, whenUnsatisfiable: string) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable,
      labelSelector: {
        matchLabels: {
          "app.kubernetes.io/name": "vault",
          "app.kubernetes.io/instance": "vault",
          component: "server",
        },
      },
    });
    assert.deepEqual(prod.input(vault, "values", "server", "topologySpreadConstraints"), [
      spread("kubernetes.io/hostname", "DoNotSchedule"),
      spread("topology.kubernetes.io/zone", "ScheduleAnyway"),
    ]);
  });

  it("lose one server at a time to drains, and a single server's budget forbids none", () => {
    const budget = (stack: Synthesis) =>
      stack.input(vault, "values", "server", "ha", "disruptionBudget");
    assert.deepEqual(budget(prod), { enabled: true, maxUnavailable: 1 });
    assert.equal((budget(dev) as { enabled: boolean }).enabled, false);
    const grace = dev.input(vault, "values", "server", "terminationGracePeriodSeconds") as number;
    assert.ok(grace > 5, "the chart's preStop sleeps 5 s");
  });

  it("are protected and keep their volumes exactly where data is protected", () => {
    for (const [stack, kept] of [
      [dev, "Delete"],
      [prod, "Retain"],
    ] as const) {
      assert.equal(stack.resource(vault).protect, kept === "Retain");
      assert.deepEqual(
        stack.input(vault, "values", "server", "persistentVolumeClaimRetentionPolicy"),
        { whenDeleted: kept, whenScaled: "Retain" },
      );
    }
  });

  it("keep their data on volumes of the set class and size", () => {
    const storage = (stack: Synthesis) => stack.input(vault, "values", "server", "dataStorage");
    assert.deepEqual(storage(dev), { size: "1Gi", storageClass: "local" });
    assert.deepEqual(storage(prod), { size: "10Gi", storageClass: "standard" });
    assert.match(config(prod), /path = "\/vault\/data"/);
  });

  it("mount their certificate and speak TLS from 1.2 on where a Secret with it is set", () => {
    assert.equal(prod.input(vault, "values", "global", "tlsDisable"), false);
    assert.deepEqual(prod.input(vault, "values", "server", "volumes", 0), {
      name: "tls",
      secret: { secretName: "vault-server-tls" },
    });
    assert.deepEqual(prod.input(vault, "values", "server", "volumeMounts"), [
      { name: "tls", mountPath: "/vault/tls", readOnly: true },
    ]);
    assert.deepEqual(prod.input(vault, "values", "server", "extraEnvironmentVars"), {
      VAULT_CACERT: "/vault/tls/ca.crt",
    });
    assert.match(String(prod.input(vault, "values", "server", "ha", "apiAddr")), /^https:/);
    assert.match(config(prod), /tls_min_version = "tls12"/);
    assert.doesNotMatch(config(prod), /tls_disable/);
    assert.match(config(prod), /leader_ca_cert_file = "\/vault\/tls\/ca\.crt"/);
  });

  it("mount no certificate and name none where they speak plaintext", () => {
    assert.equal(dev.input(vault, "values", "global", "tlsDisable"), true);
    for (const list of ["volumes", "volumeMounts"])
      assert.deepEqual(dev.input(vault, "values", "server", list), [], list);
    assert.equal(dev.input(vault, "values", "server", "extraEnvironmentVars"), undefined);
    assert.equal(dev.input(vault, "values", "server", "ha", "apiAddr"), undefined);
    assert.match(config(dev), /tls_disable = 1/);
    assert.doesNotMatch(config(dev), /tls_cert_file|\/vault\/tls/);
  });

  it("run without root and inject nothing into other pods", () => {
    const context = (...path: string[]) =>
      prod.input(vault, "values", "server", "statefulSet", "securityContext", ...path);
    assert.equal(context("pod", "runAsNonRoot"), true);
    assert.equal(context("pod", "runAsUser"), 100);
    assert.equal(context("container", "allowPrivilegeEscalation"), false);
    assert.deepEqual(context("container", "capabilities"), { drop: ["ALL"] });
    for (const stack of [dev, prod])
      assert.equal(stack.input(vault, "values", "injector", "enabled"), false);
  });

  it("are known by the active one's address and by their own, in the scheme they speak", () => {
    const store = "kubernetes:external-secrets.io/v1:SecretStore::external-secrets-store";
    const server = (stack: Synthesis) =>
      stack.input(store, "spec", "provider", "vault", "server") as string;
    assert.equal(server(dev), "http://vault.vault.svc:8200");
    assert.equal(server(prod), "https://vault.vault.svc:8200");
    const env = (stack: Synthesis) =>
      stack.input(job, "spec", "template", "spec", "containers", 0, "env") as Variable[];
    const told = (stack: Synthesis, variable: string) =>
      env(stack).find(({ name }) => name === variable)?.value;
    const addresses = (stack: Synthesis) => told(stack, "VAULT_ADDRESSES");
    for (const stack of [dev, prod]) assert.equal(told(stack, "VAULT_ADDRESS"), server(stack));
    assert.equal(addresses(dev), "http://vault-0.vault-internal.vault.svc:8200");
    assert.equal(
      addresses(prod),
      [0, 1, 2].map((at) => `https://vault-${at}.vault-internal.vault.svc:8200`).join(","),
    );
  });
});

interface Variable {
  name: string;
  value: string;
}
