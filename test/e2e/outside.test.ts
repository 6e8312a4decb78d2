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
import { call, type Entry, type Link, readApiKey, smoke } from "../../local/stack/smoke.ts";
import { wellAgain } from "./doctor.ts";
import { kubeconfig, list, local } from "./platform.ts";
import { linksInTheirs, postgresOfTheirs, redisOfTheirs } from "./outside/servers.ts";

/** Everything that the stack takes from the cluster. */
const theirs = [postgresOfTheirs, redisOfTheirs];
const entry: Entry = { address: nodeAddress, port: 30080, host: "shlink.local" };
const ownFile = join(pulumiFolder, "Pulumi.outside.yaml");
const pulumi = () => existingPulumi("dev", { cwd: repository, configFile: ownFile, env: {} });
const noChange = ["--expect-no-changes", "--suppress-outputs"];
const contents = () => Promise.all(theirs.map((one) => one.content()));

/** The stack file of dev, with what it takes from the cluster. */
async function writeStackFile(): Promise<void> {
  const file = parse(readFileSync(configFile("dev"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const key = "shlink-platform:settings";
  // Of another mode nothing stays that dev's has.
  const given = theirs.map(({ settings }) => settings);
  const settings = Object.assign({}, file.config[key], ...given) as object;
  writeFileSync(ownFile, stringify({ ...file, config: { ...file.config, [key]: settings } }));
  for (const [name, value] of theirs.flatMap(({ secrets = {} }) => Object.entries(secrets))) {
    const { code, output } = await pulumi().setSecret(name, value);
    assert.equal(code, 0, output);
  }
}

describe("A stack beside what others run", () => {
  let untouched: string[] = [];
  let link: Link;

  before(async () => {
    await local("clean");
    await prepare((line) => console.log(`      ${line}`));
    for (const one of theirs) await one.install();
    await writeStackFile();
    untouched = await contents();
  });
  after(() => stopCluster());

  it("comes up by one `pulumi up`, and a link is created, followed and counted", async () => {
    assert.ok(await pulumi().show("up", "--yes", "--skip-preview", "--suppress-outputs"));
    link = await smoke(entry, await readApiKey(kubeconfig));
    assert.ok((await linksInTheirs()) > 0);
  });

  it("has no server and no operator of its own for it", async () => {
    const pods = await list("/api/v1/pods");
    const own = pods.filter(({ metadata }) =>
      /^(shlink-db|rfr-|rfs-|pgo|redis)/.test(metadata.name),
    );
    assert.deepEqual(own, []);
    const namespaces = (await list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
    for (const name of ["postgres-operator", "redis-operator", "redis"])
      assert.ok(!namespaces.includes(name), name);
  });

  it("changes nothing at a second up", async () => {
    assert.ok(await pulumi().show("up", "--yes", "--skip-preview", ...noChange));
  });

  it("has a doctor who misses nothing", () => wellAgain(ownFile, 120));

  it("gives Shlink's user another password, and links work on", async () => {
    const replace = ["--replace", "**RandomPassword::db-password"];
    assert.ok(
      await pulumi().show("up", "--yes", "--skip-preview", "--suppress-outputs", ...replace),
    );
    await smoke(entry, await readApiKey(kubeconfig));
    const { status } = await call(entry, { path: `/${link.shortCode}` });
    assert.equal(status, 302);
  });

  it("leaves theirs as it was, byte by byte, and the links where they are", async () => {
    const links = await linksInTheirs();
    assert.ok(await pulumi().show("destroy", "--yes", "--skip-preview", "--suppress-outputs"));
    assert.deepEqual(await contents(), untouched);
    assert.equal(await linksInTheirs(), links);
  });
});
