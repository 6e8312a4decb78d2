import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { it } from "mocha";
import { namespacePath } from "../../local/cluster/layout.ts";
import { kubernetes, synced, until } from "./platform.ts";

const run = promisify(execFile);
const servers = ["vault-0", "vault-1", "vault-2"];

/** A test for a running platform whose certificate of Vault is its own: `renew` is the `pulumi up` that makes a new one. */
export function renewsCertificates(renew: () => Promise<void>): void {
  it("takes a new certificate of Vault by `pulumi up` alone, without a restart", async () => {
    const [before, pods] = [await fingerprints(), await started()];
    await renew();
    const seconds = await until("a new certificate of each server", 180, async () => {
      const now = await fingerprints();
      return now.every((fingerprint, index) => fingerprint !== before[index]);
    });
    console.log(`      Every server shows the new certificate after ${seconds.toFixed(0)} s`);
    assert.deepEqual(await started(), pods);
    await synced("shlink", "shlink-secrets");
  });
}

/** What each server shows to whoever connects. */
const fingerprints = () => Promise.all(servers.map(fingerprint));

async function fingerprint(name: string): Promise<string> {
  const { status } = await kubernetes().core.readNamespacedPod({ name, namespace: "vault" });
  const show = `openssl s_client -connect ${status?.podIP}:8200 </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256`;
  const { stdout } = await run("nsenter", [`--net=${namespacePath}`, "sh", "-c", show]);
  return stdout.trim();
}

/** When the containers of the servers were started. */
async function started(): Promise<Record<string, string>> {
  const { core } = kubernetes();
  const pods = await Promise.all(
    servers.map((name) => core.readNamespacedPod({ name, namespace: "vault" })),
  );
  return Object.fromEntries(
    pods.flatMap(({ metadata, status }) =>
      (status?.containerStatuses ?? []).map(({ name, state }) => [
        `${metadata?.name}/${name}`,
        `${state?.running?.startedAt?.toISOString()}`,
      ]),
    ),
  );
}
