import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "mocha";
import { repository } from "../../local/lib/paths.ts";
import { tryRun } from "../../local/lib/run.ts";
import { kubeconfigFile } from "../../local/stack/environment.ts";
import { existingPulumi } from "../../local/stack/pulumi.ts";

/** Lets a newcomer begin on a cluster that has nothing of the platform. */
export function writesItsOwnStackFile(): void {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "shlink-platform-init-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("previews what npm run init writes, without a change by hand", async () => {
    const stack = "prod-rehearsal";
    const KUBECONFIG = kubeconfigFile("dev");
    const script = join(repository, "init/main.ts");
    const answers = ["--host", "s.example.com", "--certificate", "internal"];
    const args = [script, stack, ...answers, "--mirror", ".local/charts"];
    const written = await tryRun(process.execPath, args, {
      cwd: folder,
      env: { KUBECONFIG },
    });
    assert.equal(written.code, 0, written.output);

    const configFile = join(folder, `Pulumi.${stack}.yaml`);
    const cwd = join(folder, "stack");
    mkdirSync(cwd);
    copyFileSync("Pulumi.yaml", join(cwd, "Pulumi.yaml"));
    const program = { configFile, env: { PULUMI_BACKEND_URL: `file://${cwd}`, KUBECONFIG } };
    assert.ok(await existingPulumi(stack, { ...program, cwd }).show("stack", "init"));
    const pulumi = existingPulumi(stack, { ...program, cwd: repository });
    const { code, output } = await pulumi.run("preview", "--suppress-outputs");
    assert.equal(code, 0, output);
    assert.match(output, /\+ \d+ to create/);
    assert.doesNotMatch(output, /to (update|replace|delete)|error/);
  });
}
