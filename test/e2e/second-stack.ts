import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "mocha";
import { pulumiFolder, repository } from "../../local/lib/paths.ts";
import { kubeconfigFile } from "../../local/stack/environment.ts";
import { existingPulumi, type Pulumi } from "../../local/stack/pulumi.ts";
import { accessOf, type StackName } from "../../local/stack/stacks.ts";
import { stackLabel } from "../../platform/marks.ts";
import { list } from "./platform.ts";

/** Lets other stacks, and the same one under another name of its context, at the cluster of running stack dev. */
export function keepsOthersOut(): void {
  let folder = "";
  let settings = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "shlink-platform-second-"));
    settings = readFileSync(join(pulumiFolder, "Pulumi.dev.yaml"), "utf8");
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A stack with an empty state of its own, on the cluster that stack dev has. */
  async function stranger(name: StackName): Promise<Pulumi> {
    const cwd = join(folder, name);
    const configFile = join(folder, `Pulumi.${name}.yaml`);
    mkdirSync(cwd);
    copyFileSync("Pulumi.yaml", join(cwd, "Pulumi.yaml"));
    writeFileSync(configFile, settings);
    const env = { PULUMI_BACKEND_URL: `file://${cwd}`, KUBECONFIG: kubeconfigFile("dev") };
    // It writes a salt into the stack file of the folder that it runs in.
    assert.ok(await existingPulumi(name, { cwd, configFile, env }).show("stack", "init"));
    return existingPulumi(name, { cwd: repository, configFile, env });
  }

  it("refuses a stack of another name, whose destroy touches nothing", async () => {
    await isRefused(
      await stranger("prod-rehearsal"),
      /marked as stack dev's .*, not stack prod-rehearsal's:/,
    );
  });

  it("refuses a stack of the same name in another backend, or with a lost state", async () => {
    await isRefused(
      await stranger("dev"),
      /marked as stack dev's, but the state does not know it:/,
    );
  });

  it("changes nothing in the cluster when the kubeconfig's context gets another name", async () => {
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, accessOf(readFileSync(kubeconfigFile("dev"), "utf8"), "renamed"));
    const configFile = join(folder, "Pulumi.renamed.yaml");
    writeFileSync(configFile, settings.replace(/context: .*/, "context: renamed"));
    const env = { KUBECONFIG: kubeconfig };
    const renamed = existingPulumi("dev", { cwd: repository, configFile, env });
    const { code, output } = await renamed.run("preview", "--diff", "--suppress-outputs");
    assert.equal(code, 0, output);
    // The provider alone, which is to use the new name.
    assert.match(output, /~ 1 to update/);
    assert.doesNotMatch(output, /to (create|replace|delete)/);
    assert.match(output, /~ pulumi:providers:kubernetes/);
  });
}

async function isRefused(pulumi: Pulumi, sentence: RegExp): Promise<void> {
  const before = await namespaces();
  for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
    const { code, output } = await pulumi.run(...command);
    assert.notEqual(code, 0);
    assert.match(output, sentence);
    assert.doesNotMatch(output, /^ *at /m);
    assert.doesNotMatch(output, /kubernetes:/);
  }
  const { code, output } = await pulumi.run("destroy", "--yes", "--skip-preview");
  assert.equal(code, 0, output);
  assert.deepEqual(await namespaces(), before);
  const first = existingPulumi("dev");
  assert.ok(await first.show("preview", "--expect-no-changes", "--suppress-outputs"));
}

/** Each with its UID and its stack. */
const namespaces = async () =>
  (await list("/api/v1/namespaces"))
    .map(({ metadata: { name, uid, labels } }) => `${name} ${uid} ${labels?.[stackLabel]}`)
    .sort();
