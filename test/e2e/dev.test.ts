import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, describe, it } from "mocha";
import {
  compareSnapshots,
  hostSnapshot,
  type HostSnapshot,
  stopCluster,
} from "../../local/cluster/index.ts";
import { devSettings, entryOf } from "../../local/stack/entry.ts";
import { configFile, kubeconfigFile } from "../../local/stack/environment.ts";
import { existingPulumi } from "../../local/stack/pulumi.ts";
import { servesThePage } from "./browser.ts";
import { writesItsOwnStackFile } from "./init.ts";
import { servesItsClient } from "./client.ts";
import { doctorIsSilent } from "./doctor.ts";
import { execute, kubernetes, local, synced, until, vaultServes } from "./platform.ts";
import { asksLittle, writesOnce } from "./requests.ts";
import { policiesInTheEngine } from "./policies.ts";
import { leavesNothing } from "./remains.ts";
import { rollsOut } from "./rollout.ts";
import { keepsOthersOut } from "./second-stack.ts";
import { showsNoSecret } from "./secrets.ts";
import { servesVisitors } from "./visitors.ts";

const entry = entryOf(await devSettings());
const pulumi = () => existingPulumi();
/** Pulumi's plugin for Kubernetes (4.25) makes one for each kubeconfig that is an input. */
const kubeconfigCopies = () => readdirSync(tmpdir()).filter((name) => /^kubeconfig\d/.test(name));
const noChange = ["--expect-no-changes", "--suppress-outputs"];

describe("The shortener, from a machine without a cluster and back", () => {
  let host: HostSnapshot;
  let copies: string[];

  before(async () => {
    await local("clean");
    copies = kubeconfigCopies();
    host = await hostSnapshot();
  });
  after(async () => {
    await stopCluster();
  });

  describe("The deployment", () => {
    it("comes up by one command", async () => {
      await local("up");
    });

    writesOnce();
  });
  describe("The gateway", () => servesVisitors(() => entry));
  describe("Shlink's own client", () => servesItsClient(() => entry));
  describe("The web client", () => servesThePage(() => entry, "admin.shlink.local"));

  describe("The doctor", () => doctorIsSilent(configFile("dev")));

  describe("The cluster", () => keepsOthersOut());

  describe("The running platform", () => {
    it("changes nothing at a second up and a refresh", async () => {
      assert.ok(await pulumi().show("up", "--yes", "--skip-preview", ...noChange));
      assert.ok(
        await pulumi().show("refresh", "--yes", "--run-program", "--skip-preview", ...noChange),
      );
    });

    it("reads the kubeconfig as kubectl does, also where KUBECONFIG lists files", async () => {
      const env = { KUBECONFIG: `/nonexistent/kubeconfig:${kubeconfigFile("dev")}` };
      const listed = existingPulumi("dev", { cwd: ".", configFile: configFile("dev"), env });
      assert.ok(await listed.show("preview", ...noChange));
    });

    asksLittle(pulumi);

    it("unseals a Vault that was deleted, and External Secrets goes on", async () => {
      const { core } = kubernetes();
      const before = (await core.readNamespacedPod({ name: "vault-0", namespace: "vault" }))
        .metadata?.uid;
      await core.deleteNamespacedPod({ name: "vault-0", namespace: "vault" });
      const seconds = await until("Vault unsealed again", 60, async () => {
        const pod = await core.readNamespacedPod({ name: "vault-0", namespace: "vault" });
        return pod.metadata?.uid !== before && (await vaultServes("http", "vault-0"));
      });
      console.log(`      Vault serves again after ${seconds.toFixed(0)} s`);
      await synced("shlink", "shlink-secrets");
    });

    rollsOut(() => entry);

    it("reaps what a killed program leaves in a pod whose containers share their processes", async () => {
      const { items } = await kubernetes().core.listNamespacedPod({
        namespace: "postgres",
        labelSelector: "postgres-operator.crunchydata.com/data=postgres",
      });
      const where = {
        namespace: "postgres",
        pod: items[0]?.metadata?.name ?? "",
        container: "database",
      };
      const orphaned = "(sleep 1 & echo $!) | { read pid; sleep 2; ls -d /proc/$pid 2>&1; true; }";
      assert.match(await execute(where, ["sh", "-c", orphaned]), /No such file/);
    });
  });
  describe("The end", () => {
    showsNoSecret("dev");
    leavesNothing(pulumi, /^$/);
    writesItsOwnStackFile();
    policiesInTheEngine();

    it("leaves nothing on the machine", async () => {
      await local("clean");
      // What somebody else ran before may have ended meanwhile; everything else has to be as it was.
      const differences = compareSnapshots(host, await hostSnapshot());
      assert.deepEqual(
        differences.filter((line) => !/^- (processes|control groups)/.test(line)),
        [],
      );
    });

    it("leaves no copy of the kubeconfig with its keys", () => {
      assert.deepEqual(kubeconfigCopies(), copies);
    });
  });
});
