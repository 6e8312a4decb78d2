import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { type Ended, executable, home, run, useHome } from "../../support/home.ts";

describe("The passphrase of the local stack", () => {
  useHome();
  const folder = () => join(home, "shlink-platform/pulumi");
  const passphrase = () => join(folder(), "passphrase");
  const stackState = () => join(folder(), "state/.pulumi/stacks/shlink-platform/dev.json");

  /** A way to a cluster, as far as it is read here. */
  function kubeconfig(): string {
    const file = join(home, "kubeconfig");
    writeFileSync(file, "contexts: [{ name: shlink-local, context: {} }]\n");
    return file;
  }

  /** Puts Pulumi in place as `make up` does, with a CLI that only makes the stack file. */
  function install(env: NodeJS.ProcessEnv = {}): Ended {
    const cli = join(home, "tool");
    executable(
      cli,
      'test -z "$PULUMI_OPTION_CONFIG_FILE" && echo "encryptionsalt: v1:salt" > "Pulumi.$3.yaml"',
    );
    const script = `
      import { LocalError } from "./local/lib/failure.ts";
      import { installPulumi } from "./local/stack/pulumi.ts";
      await installPulumi({ path: () => ${JSON.stringify(cli)} }, ${JSON.stringify(kubeconfig())}).catch((error) => {
        if (!(error instanceof LocalError)) throw error;
        console.error(error.message);
        process.exit(1);
      });`;
    const unset = { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: undefined };
    const options = ["--input-type=module", "--eval", script];
    return run(process.execPath, options, { ...unset, ...env });
  }

  function withState(): void {
    mkdirSync(join(stackState(), ".."), { recursive: true });
    writeFileSync(stackState(), "the state");
  }

  it("is made once, for its owner alone", () => {
    assert.equal(install().status, 0);
    const first = readFileSync(passphrase(), "utf8");
    assert.match(first, /^[\w-]{32}$/);
    assert.equal(statSync(passphrase()).mode & 0o777, 0o600);
    assert.equal(install().status, 0);
    assert.equal(readFileSync(passphrase(), "utf8"), first);
  });

  it("is asked for when it is missing and a state needs it; no other is made and the state stays", () => {
    withState();
    const { status, reported } = install();
    assert.equal(status, 1);
    assert.deepEqual(reported, [
      `The passphrase of the local stack is missing: put it back into ${passphrase()} or set PULUMI_CONFIG_PASSPHRASE, ` +
        "or remove the stack with make clean-local.",
    ]);
    assert.ok(!existsSync(passphrase()));
    assert.equal(readFileSync(stackState(), "utf8"), "the state");
  });

  it("is made anew in a shell that has the variables of make env from a cluster before", () => {
    const own = {
      PULUMI_CONFIG_PASSPHRASE_FILE: passphrase(),
      PULUMI_OPTION_CONFIG_FILE: "/before",
    };
    assert.equal(install(own).status, 0);
    assert.ok(existsSync(passphrase()));
  });

  it("is taken from the environment, and then kept in no file", () => {
    withState();
    for (const name of ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"])
      assert.equal(install({ [name]: "/given" }).status, 0, name);
    assert.ok(!existsSync(passphrase()));
  });
});

describe("The destroy of the local stack", () => {
  useHome();

  /** What it says of a CLI that ends a destroy like this and then has this state. */
  function destroyed(code: number, deployment: object): string {
    const folder = join(home, "shlink-platform/pulumi");
    mkdirSync(join(folder, "bin"), { recursive: true });
    const state = JSON.stringify({ version: 3, deployment });
    executable(join(folder, "bin/pulumi"), `[ "$1" = stack ] && echo '${state}' || exit ${code}`);
    const script = `
      import { existingPulumi } from "./local/stack/pulumi.ts";
      console.log(await existingPulumi().destroy());`;
    return run(process.execPath, ["--input-type=module", "--eval", script]).stdout.trim();
  }

  it("is done once nothing is left, whatever Pulumi says of one that was interrupted", () => {
    assert.equal(destroyed(0, {}), "true");
    assert.equal(destroyed(0, { resources: [] }), "true");
    assert.equal(destroyed(0, { resources: [{ urn: "urn:pulumi:dev::a" }] }), "false");
    assert.equal(destroyed(1, {}), "false");
  });
});
