import assert from "node:assert/strict";
import { cp, rename, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { it } from "mocha";
import { halt } from "../../../local/cluster/clean.ts";
import { layoutOf } from "../../../local/cluster/layout.ts";
import { clusterFolder } from "../../../local/lib/paths.ts";
import { configFile } from "../../../local/stack/environment.ts";
import { existingPulumi } from "../../../local/stack/pulumi.ts";
import { wellAgain } from "../doctor.ts";
import { figure, list, local, until } from "../platform.ts";
import { bringBack, deployment, inNamespace, remove, scale } from "./fault.ts";

/** A node that starts brings all of the platform's images and pods up at once. */
const startSeconds = 600;
const layout = layoutOf(clusterFolder());
const kept = `${layout.etcd}.kept`;
const dns = deployment("kube-system", "coredns");
const shlink = deployment("shlink", "shlink");

/** Ends every process at once, as a node does that loses its power, and starts the cluster again. */
async function losePower(meanwhile: () => Promise<unknown> = () => Promise.resolve()) {
  await halt(layout);
  await meanwhile();
  await local("cluster", "start");
}

async function backByItself(): Promise<void> {
  const begun = Date.now();
  await wellAgain(configFile("dev"), startSeconds);
  figure("seconds until the doctor finds nothing", (Date.now() - begun) / 1000);
  const check = ["--expect-no-changes", "--suppress-outputs"];
  assert.ok(await existingPulumi().show("preview", ...check));
}

/** Loses stack dev's node, its etcd, its DNS and at last its Vault. */
export function survivesOutages(): void {
  it("is back by itself after its node lost its power", async () => {
    await losePower();
    await backByItself();
  });

  it("is back by itself after etcd was restored from an earlier copy", async () => {
    await losePower(() => cp(layout.etcd, kept, { recursive: true }));
    await backByItself();
    await remove(shlink)();
    await until("the end of Shlink's pods", 60, async () => {
      const pods = await list(inNamespace("api/v1", "shlink", "pods?labelSelector=app%3Dshlink"));
      return pods.length === 0;
    });
    await losePower(async () => {
      await rm(layout.etcd, { recursive: true });
      await rename(kept, layout.etcd);
    });
    await backByItself();
  });

  it("is not touched by an `up` while no name resolves, and the `up` says why", async () => {
    await scale(dns, 0)();
    await assert.rejects(bringBack(), /no pod is behind the DNS's Service kube-system\/kube-dns/);
    await scale(dns, 1)();
    await wellAgain(configFile("dev"), 120);
  });

  it("is brought back by an `up` during which no name resolves for a while", async () => {
    await remove(shlink)();
    const away = sleep(10_000)
      .then(scale(dns, 0))
      .then(() => sleep(30_000))
      .then(scale(dns, 1));
    await Promise.all([bringBack(), away]);
    await wellAgain(configFile("dev"), 120);
  });

  it("is destroyed though somebody deleted its Vault before, with Helm's record of it", async () => {
    const namespace = "/api/v1/namespaces/vault";
    await remove(namespace)();
    await until("the end of Vault's namespace", 120, async () => {
      const names = (await list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
      return !names.includes("vault");
    });
    const pulumi = existingPulumi();
    assert.ok(!(await pulumi.destroy()));
    const release = ["--target", "**Release::vault"];
    assert.ok(await pulumi.show("refresh", "--yes", "--skip-preview", ...release));
    assert.ok(await pulumi.destroy());
  });
}
