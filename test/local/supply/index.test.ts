import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "mocha";
import { LocalError } from "../../../local/lib/failure.ts";
import { built } from "../../../local/supply/built.ts";
import { chooseSupply } from "../../../local/supply/index.ts";
import { pulled } from "../../../local/supply/pulled.ts";
import { put, temporaryFolder } from "../images/temporary.ts";

describe("supply of images and charts", () => {
  let folder = "";
  let reported: string[] = [];
  let probes = 0;
  beforeEach(() => {
    [folder, reported, probes] = [temporaryFolder(), [], 0];
  });

  const choose = (online: boolean, wanted?: string) =>
    chooseSupply({
      record: join(folder, "state/supply"),
      mirror: join(folder, "charts"),
      report: (line) => reported.push(line),
      wanted,
      answers: () => {
        probes += 1;
        return Promise.resolve(online);
      },
    });

  it("is pulled as a whole when upstream answers, and built as a whole when not", async () => {
    assert.equal(await choose(true), pulled);
    folder = temporaryFolder();
    assert.equal(await choose(false), built);
    assert.equal(reported.length, 2);
    assert.match(reported[0] ?? "", /pulled from their registries/);
    assert.match(reported[1] ?? "", /built here: not every registry answers/);
  });

  it("stays what it was for the same cluster, whatever the network says, without asking again", async () => {
    await choose(false);
    assert.equal(await choose(true), built);
    assert.deepEqual([probes, reported.length], [1, 1]);
  });

  it("is chosen anew after the record is gone with its cluster, in an empty mirror", async () => {
    await choose(false);
    put(join(folder, "charts/vault-0.34.1.tgz"), "substitute");
    assert.equal(await choose(true), built);
    assert.ok(existsSync(join(folder, "charts/vault-0.34.1.tgz")));
    rmSync(join(folder, "state"), { recursive: true });
    assert.equal(await choose(true), pulled);
    assert.ok(!existsSync(join(folder, "charts/vault-0.34.1.tgz")));
  });

  it("is what the user wants, without a look at the network", async () => {
    assert.equal(await choose(true, "built"), built);
    assert.equal(probes, 0);
    assert.equal(readFileSync(join(folder, "state/supply"), "utf8"), "built");
    await assert.rejects(choose(true, "pulled"), (error: Error) => {
      assert.ok(error instanceof LocalError);
      assert.match(error.message, /SUPPLY is pulled, but .* are built: run make clean-local first/);
      return true;
    });
  });

  it("refuses a way that there is not, before anything is decided", async () => {
    await assert.rejects(choose(true, "both"), /SUPPLY must be built or pulled, not "both"/);
    assert.ok(!existsSync(join(folder, "state")));
  });
});
