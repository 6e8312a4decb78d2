import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "mocha";
import { repository } from "../../local/lib/paths.ts";
import type { Entry } from "../../local/stack/smoke.ts";
import { accessOf, contextOf, stackFile, type StackName } from "../../local/stack/stacks.ts";
import { commandBy } from "./commands.ts";
import { figure, kubeconfig, kubectl, list, synced } from "./platform.ts";
import { underRedirects } from "./redirects.ts";
import { readValue, writeValue } from "./vault.ts";

const inVault = (...args: string[]) => kubectl(["--namespace=vault", ...args]);

/** The pod with which docs/vault.md reads the volume of the snapshots. */
const reader = () =>
  /<<'EOF'\n(apiVersion: v1\nkind: Pod\n.*?)EOF/s.exec(
    readFileSync(join(repository, "docs/vault.md"), "utf8"),
  )?.[1] ?? "";

/** The newest snapshot, as the documentation gets it out of the cluster. */
export async function newestSnapshot(): Promise<Buffer> {
  await kubectl(["apply", "--filename", "-"], reader());
  await inVault("wait", "--for=condition=Ready", "pod/vault-snapshots", "--timeout=2m");
  const names = (await inVault("exec", "vault-snapshots", "--", "ls", "/snapshots")).toString();
  const newest = names.trim().split("\n").sort().at(-1) ?? "";
  const content = await inVault("exec", "vault-snapshots", "--", "cat", `/snapshots/${newest}`);
  await inVault("delete", "pod", "vault-snapshots", "--wait=false");
  return content;
}

/** How Vault is taken back. */
interface Way {
  entry: () => Entry;
  stack: StackName;
  /** Whether the command ends with `pulumi up`. */
  up: boolean;
  /** Waits until the servers are open, whose number the command gives back and does not wait for. */
  open?: () => Promise<unknown>;
}

/** The administrator's access: a restricted deployer's does not reach into pods. */
async function administrator(stack: StackName, file: string): Promise<string> {
  const text = accessOf(readFileSync(kubeconfig, "utf8"), contextOf(await stackFile(stack)));
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

/** Tests for a running platform with snapshots: Vault is taken back to one by the command. */
export function putsVaultBack({ entry, stack, up, open }: Way): void {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-vault-"));
  after(() => rmSync(folder, { recursive: true }));
  const [snapshot, keys] = [join(folder, "vault.snap"), join(folder, "keys.yaml")];
  const run = async (script: string, ...args: string[]) =>
    commandBy(await administrator(stack, join(folder, "kubeconfig")), stack, script, ...args);
  const restore = (...more: string[]) =>
    run("restore", "--vault", snapshot, "--keys", keys, ...more);
  const succeeds = async (...args: [string, ...string[]]) => {
    const { code, output } = await run(...args);
    assert.equal(code, 0, output);
  };
  const claims = async () =>
    (await list("/api/v1/namespaces/vault/persistentvolumeclaims")).map(({ metadata }) => metadata);

  it("only looks without --overwrite, and says what would be given up", async () => {
    await writeValue("secret/data/e2e/early", "early");
    await succeeds("backup", "vault");
    await succeeds("vault-keys", "save", keys);
    writeFileSync(snapshot, await newestSnapshot());
    await writeValue("secret/data/e2e/late", "late");
    const before = await claims();
    const { code, output } = await restore();
    assert.equal(code, 1);
    assert.match(output, /nothing was changed\. Vault has volumes \(data-vault-0\b.*\), /);
    assert.deepEqual(
      (await claims()).map(({ uid }) => uid),
      before.map(({ uid }) => uid),
    );
  });

  it("puts a snapshot into empty servers, opens them with its keys, and links work meanwhile", async () => {
    const begun = Date.now();
    const { failures } = await underRedirects(
      { entry: entry(), perSecond: 10, atMost: 540 },
      async () => {
        const { code, output } = await restore("--overwrite", ...(up ? [] : ["--no-up"]));
        assert.equal(code, 0, output);
        await open?.();
      },
    );
    figure("Seconds of Vault's restore", (Date.now() - begun) / 1000);
    assert.deepEqual(failures, []);
    assert.equal(await readValue("secret/data/e2e/early"), "early");
    assert.equal(await readValue("secret/data/e2e/late"), undefined);
    await synced("shlink", "shlink-secrets");
  });
}
