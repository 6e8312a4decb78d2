import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { changed } from "./support.ts";

const parts = ["externalSecrets", "postgresOperator", "redisOperator"] as const;
const parse = (path: string, value: unknown) => parseSettings("f", changed(path, value));

describe("A part that the cluster may have already", () => {
  for (const part of parts) {
    it(`is installed unless the stack file says otherwise: ${part}`, () => {
      for (const value of [undefined, {}, { mode: "install" }])
        assert.equal(parse(part, value)[part].mode, "install");
    });

    it(`is found where its own chart puts it, or where the stack file says: ${part}`, () => {
      const usual = parse(part, { mode: "existing" })[part];
      assert.ok(usual.mode === "existing");
      assert.ok(Object.keys(usual.pods).length === 1);
      const own = parse(part, { mode: "existing", namespace: "n", pods: { a: "b" } })[part];
      assert.ok(own.mode === "existing");
      assert.deepEqual([own.namespace, own.pods], ["n", { a: "b" }]);
    });

    for (const [value, message] of [
      [{ mode: "theirs" }, /\.mode: must be "install" or "existing"$/m],
      [{ mode: "existing", namespace: "A" }, /\.namespace: must be a DNS label/],
      [{ mode: "existing", pods: {} }, /\.pods: must have a label: none would be every pod/],
      [{ mode: "existing", replicas: 2 }, /: does not know replicas/],
      [{ namespace: "elsewhere" }, /: does not know namespace/],
      [{ mode: "install", pods: { a: "b" } }, /: does not know pods/],
    ] as const)
      it(`is refused as ${part} ${JSON.stringify(value)}`, () => {
        assert.throws(() => parse(part, value), message);
      });
  }

  it("has an account by its name", () => {
    const refused = { mode: "existing", account: "eso/operator" };
    assert.throws(() => parse("externalSecrets", refused), /account: must be a DNS subdomain/);
  });
});
