import assert from "node:assert/strict";
import { it } from "mocha";
import { images } from "../../platform/images.ts";
import { restrictedContainer, restrictedPod } from "../../platform/pods.ts";
import { ask, kubectl, synced, until } from "./platform.ts";
import { allOpen, readValue, writeValue } from "./vault.ts";
import { selectorText, workloads } from "../../platform/workloads.ts";

const marker = "secret/data/e2e/restored";
const server = "/api/v1/namespaces/vault/pods/https:vault-0:8200/proxy/v1";

/** A test for a running platform with snapshots: docs/vault.md, "Restore into a fresh cluster", step by step. */
export function restoresSnapshots(): void {
  it("restores a snapshot into empty servers, which the old keys open", async () => {
    await writeValue(marker, "in the snapshot");
    const snapshot = await takenSnapshot();
    await writeValue(marker, "after the snapshot");
    await emptyServers();
    await restore(snapshot);
    await vault("delete", "pod", "vault-0");
    await vault("scale", "--replicas=1", "deployment/vault-unsealer");
    await vault("scale", "--replicas=3", "statefulset/vault");
    await allOpen();
    assert.equal(await readValue(marker), "in the snapshot");
    await synced("shlink", "shlink-secrets");
  });
}

/** The newest snapshot, made now. */
async function takenSnapshot(): Promise<Buffer> {
  await vault("create", "job", "--from=cronjob/vault-snapshot", "snapshot-now");
  await vault("wait", "--for=condition=Complete", "job/snapshot-now", "--timeout=3m");
  const name = /vault-\S+\.snap/.exec((await vault("logs", "job/snapshot-now")).toString())?.[0];
  await kubectl(["apply", "-f", "-"], JSON.stringify(reader));
  await vault("wait", "--for=condition=Ready", "pod/vault-snapshots", "--timeout=2m");
  const snapshot = await vault("exec", "vault-snapshots", "--", "cat", `/snapshots/${name}`);
  await vault("delete", "pod", "vault-snapshots", "--now");
  await vault("delete", "job", "snapshot-now");
  return snapshot;
}

/** The pod that docs/vault.md reads the volume with. */
const reader = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "vault-snapshots", namespace: "vault" },
  spec: {
    automountServiceAccountToken: false,
    securityContext: restrictedPod(1000),
    containers: [
      {
        name: "reader",
        image: images.node,
        command: ["node", "-e", "setTimeout(() => {}, 3600000)"],
        resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "192Mi" } },
        securityContext: restrictedContainer,
        volumeMounts: [{ name: "data", mountPath: "/snapshots", readOnly: true }],
      },
    ],
    volumes: [{ name: "data", persistentVolumeClaim: { claimName: "vault-snapshots" } }],
  },
};

async function emptyServers(): Promise<void> {
  const selector = selectorText(workloads.vault.labels);
  await vault("scale", "--replicas=0", "deployment/vault-unsealer", "statefulset/vault");
  await vault("wait", "--for=delete", "pod", "-l", selector, "--timeout=2m");
  await vault("delete", "pvc", "data-vault-0", "data-vault-1", "data-vault-2");
  await vault("scale", "--replicas=1", "statefulset/vault");
  const one = "--for=jsonpath={.status.readyReplicas}=1";
  await vault("wait", one, "statefulset/vault", "--timeout=5m");
}

/** Into a server with a key that lives for this moment; it seals itself, for only the old keys read what it has now. */
async function restore(snapshot: Buffer): Promise<void> {
  const init = { secret_shares: 1, secret_threshold: 1 };
  const made = await must("PUT", "sys/init", JSON.stringify(init));
  const { keys_base64, root_token } = JSON.parse(made) as {
    keys_base64: string[];
    root_token: string;
  };
  await must("PUT", "sys/unseal", JSON.stringify({ key: keys_base64[0] }));
  const headers = { "x-vault-token": root_token };
  await until("the server active", 30, async () => {
    const { status } = await ask("GET", `${server}/sys/health`);
    return status === 200;
  });
  await must("POST", "sys/storage/raft/snapshot-force", snapshot, headers);
  await until("the server sealed", 60, async () => {
    const { body } = await ask("GET", `${server}/sys/seal-status`);
    return (JSON.parse(body) as { sealed: boolean }).sealed;
  });
}

async function must(
  method: string,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await ask(method, `${server}/${path}`, { headers, body });
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status}`);
  return answer.body;
}

const vault = (...args: string[]) => kubectl(["--namespace", "vault", ...args]);
