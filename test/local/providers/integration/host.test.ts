import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installPlugins } from "../../../../local/providers/install.ts";
import {
  freePort,
  PostgresInstance,
  whyNoPostgres,
} from "../../substitutes/integration/postgres.ts";
import { DevVault, findTool } from "./tools.ts";
import { newAuthority } from "../../../support/certificates.ts";
import { skip } from "../../../support/skip.ts";

const run = promisify(execFile);
const tools = ["pulumi", "pulumi-language-nodejs", "bao"].map(
  (tool) => [tool, findTool(tool)] as const,
);
const missing = tools.find(([, file]) => file === undefined)?.[0];
const reason =
  missing === undefined ? whyNoPostgres() : `the binary \`${missing}\` is not on this machine`;
const tool = Object.fromEntries(tools) as Record<string, string>;

const root = await newAuthority();

describe("plugins under the real engine and with the official SDKs", function () {
  this.timeout(300_000);
  this.bail(true);
  if (reason !== null) return skip(reason);

  const folder = mkdtempSync(join(tmpdir(), "engine-plugin-"));
  let vault: DevVault;
  let postgres: PostgresInstance;
  let env: NodeJS.ProcessEnv;
  let step = "first";

  before(async () => {
    const port = await freePort();
    vault = new DevVault(tool["bao"] ?? "", await freePort());
    postgres = new PostgresInstance({ folder, port, root });
    await Promise.all([vault.start(), postgres.start()]);
    postgres.sql("ALTER ROLE postgres PASSWORD 'pg-secret'");
    postgres.sql("CREATE ROLE shlink LOGIN");
    postgres.sql("CREATE DATABASE links");
    env = environment(folder, port);
    await pulumi("stack", "init", "dev");
  });
  after(async () => {
    await Promise.all([vault.stop(), postgres.stop()]);
    rmSync(folder, { recursive: true });
  });

  /** A project of its own: the engine's home, state, settings files and tokens, all below one folder. */
  function environment(folder: string, port: number): NodeJS.ProcessEnv {
    const path = (name: string) => join(folder, name);
    for (const name of ["bin", "state"]) mkdirSync(path(name));
    for (const name of ["pulumi", "pulumi-language-nodejs"])
      symlinkSync(tool[name] ?? "", path(`bin/${name}`));
    installPlugins(path("home"), process.execPath);
    writeFileSync(path("token"), "root", { mode: 0o600 });
    writeFileSync(path("ca.crt"), root.certificate);
    return {
      PATH: `${path("bin")}:${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: folder,
      PULUMI_HOME: path("home"),
      PULUMI_BACKEND_URL: `file://${path("state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
      TEST_VAULT: vault.address,
      TEST_TOKEN_FILE: path("token"),
      TEST_CA: root.certificate,
      TEST_POSTGRES_PORT: String(port),
      TEST_POSTGRES_PASSWORD: "pg-secret",
      TEST_POSTGRES_CA: path("ca.crt"),
    };
  }

  async function pulumi(...args: string[]): Promise<string> {
    const cwd = fileURLToPath(new URL("program", import.meta.url));
    const stack = args[0] === "stack" && args[1] === "init" ? [] : ["--stack", "dev"];
    const all = [
      ...args,
      ...stack,
      "--non-interactive",
      "--config-file",
      join(folder, "Pulumi.dev.yaml"),
    ];
    const settings = args[0] === "stack" ? all.slice(0, -2) : all;
    try {
      const { stdout } = await run(tool["pulumi"] ?? "", settings, {
        cwd,
        env: { ...env, TEST_STEP: step },
        maxBuffer: 1e8,
      });
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`pulumi ${args.join(" ")}:\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  const outputs = async () =>
    JSON.parse(await pulumi("stack", "output", "--json", "--show-secrets")) as Record<
      string,
      unknown
    >;

  async function assertQuiet(): Promise<void> {
    await pulumi("preview", "--expect-no-changes");
    await pulumi("refresh", "--expect-no-changes");
    await pulumi("refresh", "--run-program", "--expect-no-changes");
  }

  it("previews everything while nothing is known", async () => {
    assert.match(await pulumi("preview"), /\+ 17 to create/);
  });

  it("makes everything", async () => {
    await pulumi("up", "--skip-preview");
    const { version, privileges, secretPassword } = await outputs();
    assert.equal(version, "1");
    assert.deepEqual(privileges, ["CREATE", "USAGE"]);
    const { data } = await vault.call("GET", "app/data/db");
    const expected = { user: "shlink", password: secretPassword };
    assert.deepEqual((data as { data: unknown }).data, expected);
  });

  it("finds no difference, neither in a preview nor in a refresh", assertQuiet);

  it("keeps every secret out of the state in clear", async () => {
    const state = await pulumi("stack", "export");
    const { secretPassword, certificate } = await outputs();
    const [, key = ""] = certificate as string[];
    for (const value of [String(secretPassword), key, "pg-secret", "root"]) {
      assert.equal(state.includes(JSON.stringify(value)), false);
      assert.equal(state.includes(`\\"${value}\\"`), false);
    }
  });

  it("sees at a refresh what was done by hand, and puts it right", async () => {
    await vault.call("DELETE", "auth/k8s/role/reader");
    await vault.call("DELETE", "app/metadata/db");
    await vault.call("PUT", "sys/policies/acl/reader", {
      policy: 'path "x" { capabilities = ["read"] }',
    });
    postgres.sql("\\c links\nREVOKE CREATE ON SCHEMA public FROM shlink");
    await pulumi("refresh");
    assert.match(await pulumi("up"), /\+ 2 created\s+~ 2 updated/);
    await assertQuiet();
  });

  it("changes what has to change, and shows that before", async () => {
    step = "second";
    const change = /~ 2 to update\s+\+-1 to replace/;
    assert.match(await pulumi("preview"), change);
    await pulumi("up", "--skip-preview");
    assert.equal((await outputs())["version"], "2");
    assert.deepEqual((await outputs())["privileges"], ["USAGE"]);
    await assertQuiet();
  });

  it("renews a certificate that is due by a plain up, and keeps its key", async () => {
    const [before, key = ""] = (await outputs())["certificate"] as [string, string];
    step = "due";
    assert.match(await pulumi("preview"), /\+-1 to replace/);
    await pulumi("up", "--skip-preview");
    const [after, sameKey, authority] = (await outputs())["certificate"] as string[];
    assert.notEqual(after, before);
    assert.equal(sameKey, key);
    const renewed = new X509Certificate(after ?? "");
    assert.ok(renewed.checkPrivateKey(createPrivateKey(key)));
    assert.ok(renewed.verify(new X509Certificate(authority ?? "").publicKey));
    step = "second";
    await pulumi("up", "--skip-preview");
    await assertQuiet();
  });

  it("deletes in the servers what the program no longer names", async () => {
    step = "last";
    await pulumi("up", "--skip-preview");
    assert.equal((await vault.call("GET", "sys/mounts/app")).status, 400);
    assert.equal((await vault.call("GET", "sys/auth/k8s")).status, 400);
    assert.equal((await vault.call("GET", "sys/policies/acl/reader")).status, 404);
    const rights = postgres.sql(
      "\\c links\nSELECT has_schema_privilege('shlink', 'public', 'CREATE')",
    );
    assert.equal(rights.split("\n").at(-1), "f");
  });

  it("destroys everything although the servers are gone", async () => {
    step = "first";
    await pulumi("up", "--skip-preview");
    await Promise.all([vault.stop(), postgres.stop()]);
    await pulumi("destroy", "--skip-preview");
    const state = JSON.parse(await pulumi("stack", "export")) as {
      deployment: { resources?: unknown };
    };
    assert.equal(state.deployment.resources, undefined);
  });
});
