import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeEach, describe, it } from "mocha";
import { takeOverRemnants } from "../../effects/remnants.ts";
import { stackLabel } from "../../platform/marks.ts";
import { MemoryApi } from "../support/memory-api.ts";

const secrets = "/api/v1/namespaces/vault/secrets";
const jobs = "/apis/batch/v1/namespaces/vault/jobs";
const maps = "/api/v1/namespaces/vault/configmaps";

describe("What an interrupted up left in the cluster", () => {
  let api: MemoryApi;
  let said: string[];
  beforeEach(() => {
    [api, said] = [new MemoryApi(), []];
  });

  const takeOver = (...known: string[]) =>
    takeOverRemnants(api.ask, {
      stack: "dev",
      namespaces: ["vault"],
      releases: ["vault", "janitor"],
      knows: (kind, namespace, name) => known.includes(`${kind} ${namespace}/${name}`),
      report: (line) => said.push(line),
    });

  /** Helm's record of one revision of a release. */
  function record(name: string, version: number, status: string): void {
    const packed = gzipSync(JSON.stringify({ name, info: { status, notes: "kept" } }));
    const release = Buffer.from(packed.toString("base64")).toString("base64");
    const labels = { owner: "helm", name, version: `${version}`, status };
    api.put(`${secrets}/sh.helm.release.v1.${name}.v${version}`, {
      metadata: { labels },
      data: { release },
    });
  }

  /** The records that are there, each with its status by label and by content. */
  const records = () =>
    [...api.objects.values()].map(({ metadata, data }) => {
      const { release } = data as { release: string };
      const packed = Buffer.from(Buffer.from(release, "base64").toString(), "base64");
      const { info } = JSON.parse(gunzipSync(packed).toString()) as {
        info: { status: string; notes: string };
      };
      assert.equal(info.notes, "kept");
      return `${metadata.name} ${metadata.labels?.["status"]} ${info.status}`;
    });

  const twin = (extra: object = {}) => ({
    metadata: { labels: { [stackLabel]: "dev" }, annotations: { "pulumi.com/autonamed": "true" } },
    ...extra,
  });
  const over = { status: { conditions: [{ type: "Complete", status: "True" }] } };

  it("is nothing in most cases, and then nothing is changed", async () => {
    record("vault", 1, "superseded");
    record("vault", 2, "deployed");
    api.put(`${jobs}/vault-bootstrap-1`, twin(over));
    await takeOver("Release vault/vault", "Job vault/vault-bootstrap-1");
    assert.deepEqual([api.changes, said], [[], []]);
  });

  it("is a release that the state does not know: its records go, and Helm takes over its objects", async () => {
    for (const status of ["pending-install", "deployed", "failed"]) {
      record("vault", 1, status);
      said.length = 0;
      await takeOver();
      assert.deepEqual(records(), []);
      assert.deepEqual(said, [
        "Helm release vault/vault is of an up that was interrupted: it is taken over",
      ]);
    }
  });

  it("is a release that the state knows and Helm refuses to touch: it failed", async () => {
    for (const status of ["pending-install", "pending-upgrade", "pending-rollback"]) {
      record("vault", 9, "superseded");
      record("vault", 10, status);
      await takeOver("Release vault/vault");
      assert.deepEqual(records(), [
        "sh.helm.release.v1.vault.v9 superseded superseded",
        "sh.helm.release.v1.vault.v10 failed failed",
      ]);
    }
  });

  it("is never a release that the stack does not make", async () => {
    record("somebodys", 1, "pending-install");
    api.put("/api/v1/namespaces/else/secrets/sh.helm.release.v1.vault.v1", {
      metadata: {
        labels: { owner: "helm", name: "vault", version: "1", status: "pending-install" },
      },
    });
    await takeOver();
    assert.deepEqual(api.changes, []);
  });

  it("is what has a random name: it is removed, and nothing else is", async () => {
    api.put(`${jobs}/vault-bootstrap-1`, twin(over));
    api.put(`${jobs}/vault-bootstrap-2`, twin(over));
    api.put(`${maps}/vault-scripts-1`, twin());
    api.put(`${maps}/vault-config`, { metadata: { labels: { [stackLabel]: "dev" } } });
    api.put(`${maps}/other`, { metadata: { annotations: { "pulumi.com/autonamed": "true" } } });
    await takeOver("Job vault/vault-bootstrap-2");
    assert.deepEqual(api.changes, [
      `DELETE ${jobs}/vault-bootstrap-1`,
      `DELETE ${maps}/vault-scripts-1`,
    ]);
  });

  it("is a Job that still runs: it is waited for, never cut off", async () => {
    api.put(`${jobs}/vault-bootstrap-1`, twin());
    let asked = 0;
    api.before = (method, path) => {
      if (method === "GET" && path.endsWith("vault-bootstrap-1") && (asked += 1) === 2)
        api.put(path, twin(over));
      if (method === "DELETE") assert.equal(asked, 2);
    };
    await takeOver();
    assert.deepEqual(api.changes, [`DELETE ${jobs}/vault-bootstrap-1`]);
    assert.match(said[0] ?? "", /^Waiting for the Job at .*vault-bootstrap-1/);
  });

  it("stays while a Deployment still mounts it", async () => {
    api.put(`${maps}/vault-scripts-1`, twin());
    api.put("/apis/apps/v1/namespaces/vault/deployments/vault-unsealer", {
      spec: { volumes: [{ configMap: { name: "vault-scripts-1" } }] },
    });
    await takeOver();
    assert.deepEqual(api.changes, []);
  });
});
