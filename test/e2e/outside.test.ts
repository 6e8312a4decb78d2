import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { stopCluster } from "../../local/cluster/index.ts";
import { prepare } from "../../local/stack/prepare.ts";
import { call, type Link } from "../../local/stack/smoke.ts";
import { wellAgain } from "./doctor.ts";
import { list, local } from "./platform.ts";
import { linksInTheirs, postgresOfTheirs, redisOfTheirs } from "./outside/servers.ts";
import { entry, Variant } from "./outside/variant.ts";

/** Everything that the stack takes from the cluster. */
const theirs = [postgresOfTheirs, redisOfTheirs];
const contents = () => Promise.all(theirs.map((one) => one.content()));
const stack = new Variant("outside");

describe("A stack beside what others run", () => {
  let untouched: string[] = [];
  let link: Link;

  before(async () => {
    await local("clean");
    await prepare((line) => console.log(`      ${line}`));
    for (const one of theirs) await one.install();
    // Of another mode nothing stays that dev's has.
    const given = theirs.map(({ settings }) => settings);
    const secrets = Object.assign({}, ...theirs.map((one) => one.secrets)) as Record<
      string,
      string
    >;
    await stack.write((settings) => Object.assign(settings, ...given) as object, secrets);
    untouched = await contents();
  });
  after(() => stopCluster());

  it("comes up by one `pulumi up`, and a link is created, followed and counted", async () => {
    await stack.up();
    link = await stack.serves();
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

  it("changes nothing at a second up", () => stack.changesNothing());

  it("has a doctor who misses nothing", () => wellAgain(stack.file, 120));

  it("gives Shlink's user another password, and links work on", async () => {
    await stack.up("--replace", "**RandomPassword::db-password");
    await stack.serves();
    const { status } = await call(entry, { path: `/${link.shortCode}` });
    assert.equal(status, 302);
  });

  it("leaves theirs as it was, byte by byte, and the links where they are", async () => {
    const links = await linksInTheirs();
    await stack.destroy();
    assert.deepEqual(await contents(), untouched);
    assert.equal(await linksInTheirs(), links);
  });
});
