import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { stopCluster } from "../../local/cluster/index.ts";
import { prepare } from "../../local/stack/prepare.ts";
import { call, type Link } from "../../local/stack/smoke.ts";
import { wellAgain } from "./doctor.ts";
import { entry, Variant } from "./outside/variant.ts";
import { list, local } from "./platform.ts";

const stack = new Variant("without-vault");

describe("A stack without a Vault", () => {
  let link: Link;

  before(async () => {
    await local("clean");
    await prepare((line) => console.log(`      ${line}`));
    await stack.write((dev) => ({ ...dev, vault: { mode: "none" } }));
  });
  after(() => stopCluster());

  it("comes up by one `pulumi up`, and a link is created, followed and counted", async () => {
    await stack.up();
    link = await stack.serves();
  });

  it("has neither Vault nor External Secrets", async () => {
    const namespaces = (await list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
    for (const name of ["vault", "external-secrets"]) assert.ok(!namespaces.includes(name), name);
    const definitions = await list("/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
    const copying = definitions.filter(({ metadata }) =>
      metadata.name.includes("external-secrets"),
    );
    assert.deepEqual(copying, []);
  });

  it("changes nothing at a second up, nor at a refresh: PGO lets the password be the program's", async () => {
    await stack.changesNothing();
    await stack.refreshes();
  });

  it("has a doctor who misses neither", () => wellAgain(stack.file, 120));

  it("gives Shlink's user another password, and links work on", async () => {
    await stack.up("--replace", "**RandomPassword::db-password");
    await stack.serves();
    const { status } = await call(entry, { path: `/${link.shortCode}` });
    assert.equal(status, 302);
    await stack.changesNothing();
  });

  it("goes whole", async () => {
    await stack.destroy();
    const left = (await list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
    assert.deepEqual(
      left.filter((name) => !name.startsWith("kube-") && name !== "local-path-storage"),
      ["default"],
    );
  });
});
