import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { applyAsAdministrator, nodeAddress, stopCluster } from "../../local/cluster/index.ts";
import { monitorDefinitions } from "../../local/rehearsal/definitions.ts";
import { prepare } from "../../local/stack/prepare.ts";
import { merge } from "../../local/stack/stacks.ts";
import { wellAgain } from "./doctor.ts";
import { deployerAccess, printed } from "./outside/administrators.ts";
import { refusedCombinations } from "./outside/definitions.ts";
import { knowing } from "./outside/names.ts";
import { operatorsOfTheirs } from "./outside/operators.ts";
import { Variant } from "./outside/variant.ts";
import { admitDeployer, vaultHost, vaultOfTheirs } from "./outside/vault.ts";
import { local } from "./platform.ts";

const theirs = [operatorsOfTheirs, vaultOfTheirs];
const contents = () => Promise.all(theirs.map((one) => one.content()));
const access = deployerAccess("neighbourly");
const stack = new Variant("neighbourly", {
  ...knowing(vaultHost, nodeAddress),
  KUBECONFIG: access.file,
});

describe("A stack in a mesh, with a Vault and an External Secrets, that another program brought", () => {
  let untouched: string[] = [];

  before(async () => {
    await local("clean");
    await prepare((line) => console.log(`      ${line}`));
    for (const one of theirs) await one.install();
    await stack.write((dev) => ({
      ...(merge(dev, operatorsOfTheirs.settings) as object),
      // Of another mode nothing stays that dev's has.
      ...vaultOfTheirs.settings,
    }));
    await access.make(await printed("deployer", "neighbourly"));
    await admitDeployer(await printed("vault-policy", "neighbourly"));
    untouched = await contents();
    assert.ok(untouched.join("").length > 10_000);
  });
  after(() => stopCluster());

  it("comes up by one `pulumi up` of the restricted deployer, and a link is created, followed and counted", async () => {
    await stack.up();
    await stack.serves();
  });

  it("changes nothing at a second up", () => stack.changesNothing());

  it("makes of the definitions in the cluster what they take, whosever the parts are", async () => {
    await applyAsAdministrator(await monitorDefinitions());
    const { refused, asked } = await refusedCombinations();
    assert.deepEqual(refused, []);
    assert.ok(asked > 70, `${asked}`);
  });

  it("has a doctor who misses nothing of theirs", () => wellAgain(stack.file, 120));

  it("leaves theirs as it was, byte by byte", async () => {
    await stack.destroy();
    assert.deepEqual(await contents(), untouched);
  });
});
