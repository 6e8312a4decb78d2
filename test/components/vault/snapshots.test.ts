import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "mocha";
import { images } from "../../../platform/images.ts";
import { component, synth, type Synthesis } from "../../support/synth.ts";

const snapshots = component("VaultSnapshots", "vault-snapshots");
const account = "kubernetes:core/v1:ServiceAccount::vault-snapshot";
const claim = "kubernetes:core/v1:PersistentVolumeClaim::vault-snapshots";
const scripts = "kubernetes:core/v1:ConfigMap::vault-snapshot-scripts";
const cronJob = "kubernetes:batch/v1:CronJob::vault-snapshot";
const policy = "vault:index/policy:Policy::vault-snapshot";
const role = "vault:kubernetes/authBackendRole:AuthBackendRole::vault-snapshot";

describe("Vault's snapshots", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });
  const spec = () => prod.input(cronJob, "spec") as CronJobSpec;
  const job = () => spec().jobTemplate.spec;
  const pod = () => job().template.spec;

  it("are an account, its login, a volume, the scripts and a CronJob", () => {
    const login = component("VaultLogin", "vault-snapshot");
    assert.deepEqual(prod.children(snapshots), [account, claim, scripts, cronJob, login].sort());
  });

  it("are not there in dev: no component, no login, no connection", () => {
    assert.deepEqual(
      dev.registrations.filter(({ name }) => name.startsWith("vault-snapshot")),
      [],
    );
    assert.throws(() => dev.resource(snapshots));
  });

  it("follow the schedule in UTC, one at a time, and a missed one is made up for within an hour", () => {
    const { schedule, timeZone, concurrencyPolicy, startingDeadlineSeconds } = spec();
    assert.deepEqual([schedule, timeZone, concurrencyPolicy], ["0 */6 * * *", "UTC", "Forbid"]);
    assert.equal(startingDeadlineSeconds, 3600);
    assert.deepEqual([spec().successfulJobsHistoryLimit, spec().failedJobsHistoryLimit], [1, 3]);
    assert.deepEqual([job().backoffLimit, job().activeDeadlineSeconds], [2, 1800]);
    assert.equal(pod().restartPolicy, "Never");
  });

  it("come after their account and their volume", () => {
    for (const before of [account, claim])
      assert.ok(prod.resource(cronJob).dependsOn.includes(before), before);
  });

  it("lie on a protected volume that outlives its deletion", () => {
    assert.deepEqual(prod.input(claim, "spec"), {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "standard",
      resources: { requests: { storage: "10Gi" } },
    });
    assert.equal(prod.input(claim, "metadata", "name"), "vault-snapshots");
    const { protect, retainOnDelete } = prod.resource(claim);
    assert.deepEqual([protect, retainOnDelete], [true, true]);
  });

  it("lie on a volume of another class where the setting names one, and go with an unprotected stack", async () => {
    const snapshots = { storageClass: "bucket" };
    const other = await synth("prod", { protectData: false, vault: { snapshots } });
    assert.equal(other.input(claim, "spec", "storageClassName"), "bucket");
    const { protect, retainOnDelete } = other.resource(claim);
    assert.deepEqual([protect, retainOnDelete], [false, undefined]);
  });

  it("may read the snapshot in Vault and nothing else, by a login of their account alone", () => {
    assert.equal(
      prod.input(policy, "policy"),
      'path "sys/storage/raft/snapshot" { capabilities = ["read"] }\n',
    );
    const at = (input: string) => prod.input(role, input);
    assert.deepEqual(at("boundServiceAccountNames"), ["vault-snapshot"]);
    assert.deepEqual(at("boundServiceAccountNamespaces"), ["vault"]);
    assert.equal(at("audience"), "vault");
    assert.deepEqual(at("tokenPolicies"), ["vault-snapshot"]);
  });

  it("can be written by the deployer, whose own policy names theirs", () => {
    const deployer = readFileSync("components/vault/deployer.hcl", "utf8");
    assert.match(deployer, /^path "sys\/policies\/acl\/vault-snapshot" \{ .*"create".* \}$/m);
  });

  it("run the committed scripts as they are", () => {
    const data = prod.input(scripts, "data") as Record<string, string>;
    assert.deepEqual(Object.keys(data).sort(), [
      "archive.ts",
      "environment.ts",
      "http.ts",
      "snapshot.ts",
      "vault.ts",
    ]);
    for (const [name, text] of Object.entries(data))
      assert.equal(text, readFileSync(`incluster/${name}`, "utf8"), name);
    const [container] = pod().containers;
    assert.equal(container?.image, images.node);
    assert.deepEqual(container?.command, ["node", "/scripts/snapshot.ts"]);
  });

  it("are read, as docs/vault.md says, with the image that the cluster has", () => {
    const named = readFileSync("docs/vault.md", "utf8").matchAll(/^ +image: (\S+)$/gm);
    assert.deepEqual(
      [...named].map(([, image]) => image),
      [images.node],
    );
  });

  it("are told where Vault is, how to log in, where to write and how many to keep; no secret among it", () => {
    const [container] = pod().containers;
    assert.deepEqual(
      Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value])),
      {
        VAULT_ADDRESS: "https://vault.vault.svc:8200",
        VAULT_LOGIN: "kubernetes",
        VAULT_ROLE: "vault-snapshot",
        SNAPSHOT_FOLDER: "/snapshots",
        KEEP: "28",
        VAULT_CACERT: "/tls/ca.crt",
      },
    );
  });

  it("write to their volume only, and hold a token for Vault but none for the Kubernetes API", () => {
    const { serviceAccountName, volumes, containers } = pod();
    assert.equal(serviceAccountName, "vault-snapshot");
    const account = "kubernetes:core/v1:ServiceAccount::vault-snapshot";
    assert.equal(prod.input(account, "automountServiceAccountToken"), false);
    const writable = containers[0]?.volumeMounts.filter(({ readOnly }) => readOnly !== true);
    assert.deepEqual(writable, [{ name: "data", mountPath: "/snapshots" }]);
    const named = (wanted: string) => volumes.find(({ name }) => name === wanted);
    assert.deepEqual(named("data")?.persistentVolumeClaim, { claimName: "vault-snapshots" });
    assert.deepEqual(named("vault-token")?.projected?.sources, [
      { serviceAccountToken: { path: "token", audience: "vault", expirationSeconds: 600 } },
    ]);
    assert.deepEqual(named("tls")?.secret, {
      secretName: "vault-server-tls",
      items: [{ key: "ca.crt", path: "ca.crt" }],
    });
  });
});

interface CronJobSpec {
  schedule: string;
  timeZone: string;
  concurrencyPolicy: string;
  startingDeadlineSeconds: number;
  successfulJobsHistoryLimit: number;
  failedJobsHistoryLimit: number;
  jobTemplate: {
    spec: { backoffLimit: number; activeDeadlineSeconds: number; template: { spec: Pod } };
  };
}

interface Pod {
  serviceAccountName: string;
  restartPolicy: string;
  containers: {
    image: string;
    command: string[];
    env: { name: string; value: string }[];
    volumeMounts: { name: string; readOnly?: boolean }[];
  }[];
  volumes: {
    name: string;
    persistentVolumeClaim?: object;
    projected?: { sources: object[] };
    secret?: object;
  }[];
}
