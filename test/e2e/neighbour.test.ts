import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parse, stringify } from "yaml";
import { nodeAddress, stopCluster } from "../../local/cluster/index.ts";
import { pulumiFolder, repository } from "../../local/lib/paths.ts";
import { configFile } from "../../local/stack/environment.ts";
import { prepare } from "../../local/stack/prepare.ts";
import { existingPulumi } from "../../local/stack/pulumi.ts";
import { type Entry, readApiKey, smoke } from "../../local/stack/smoke.ts";
import { merge } from "../../local/stack/stacks.ts";
import { wellAgain } from "./doctor.ts";
import { operatorsOfTheirs } from "./outside/operators.ts";
import { kubeconfig, local } from "./platform.ts";

const entry: Entry = { address: nodeAddress, port: 30080, host: "shlink.local" };
const ownFile = join(pulumiFolder, "Pulumi.neighbourly.yaml");
const pulumi = () => existingPulumi("dev", { cwd: repository, configFile: ownFile, env: {} });
const noChange = ["--expect-no-changes", "--suppress-outputs"];

/** The stack file of dev, with the parts that the neighbour has brought. */
function writeStackFile(): void {
  const file = parse(readFileSync(configFile("dev"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const key = "shlink-platform:settings";
  const settings = merge(file.config[key], operatorsOfTheirs.settings);
  writeFileSync(ownFile, stringify({ ...file, config: { ...file.config, [key]: settings } }));
}

describe("A stack in a mesh, and with an External Secrets, that another program brought", () => {
  let untouched = "";

  before(async () => {
    await local("clean");
    await prepare((line) => console.log(`      ${line}`));
    await operatorsOfTheirs.install();
    writeStackFile();
    untouched = await operatorsOfTheirs.content();
    assert.ok(untouched.length > 10_000);
  });
  after(() => stopCluster());

  it("comes up by one `pulumi up`, and a link is created, followed and counted", async () => {
    assert.ok(await pulumi().show("up", "--yes", "--skip-preview", "--suppress-outputs"));
    await smoke(entry, await readApiKey(kubeconfig));
  });

  it("changes nothing at a second up", async () => {
    assert.ok(await pulumi().show("up", "--yes", "--skip-preview", ...noChange));
  });

  it("has a doctor who misses nothing of theirs", () => wellAgain(ownFile, 120));

  it("leaves theirs as it was, byte by byte", async () => {
    assert.ok(await pulumi().show("destroy", "--yes", "--skip-preview", "--suppress-outputs"));
    assert.equal(await operatorsOfTheirs.content(), untouched);
  });
});
