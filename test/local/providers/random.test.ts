import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { compareSync } from "bcryptjs";
import { draw } from "../../../local/providers/random/password.ts";
import { random } from "../../../local/providers/random/provider.ts";
import { secret, start, unknown, type Engine, type Json } from "./support/engine.ts";

const count = (text: string, wanted: RegExp) => [...text].filter((c) => wanted.test(c)).length;
const revealed = (value: unknown) => String((value as { value: unknown }).value);

describe("plugin random", () => {
  let engine: Engine;
  let password: string;
  let bytes: string;

  before(async () => {
    engine = await start(random);
    await engine.configure();
    password = engine.urn("index/randomPassword:RandomPassword");
    bytes = engine.urn("index/randomBytes:RandomBytes");
  });
  after(() => engine.close());

  it("makes a RandomUuid, which is its own id as in the real one", async () => {
    const urn = engine.urn("index/randomUuid:RandomUuid");
    const { id, state } = await engine.create(urn, {});
    assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual(state, { result: id });
  });

  describe("RandomPassword", () => {
    it("has the id and the outputs of the real one, the values secret", async () => {
      const { id, state } = await engine.create(password, { length: 20, special: false });
      assert.equal(id, "none");
      const { result, bcryptHash, ...rest } = state;
      assert.match(revealed(result), /^[0-9A-Za-z]{20}$/);
      assert.match(revealed(bcryptHash), /^\$2a\$10\$[./0-9A-Za-z]{53}$/);
      assert.ok(compareSync(revealed(result), revealed(bcryptHash)));
      assert.deepEqual(result, secret(revealed(result)));
      assert.deepEqual(rest, {
        length: 20,
        special: false,
        upper: true,
        lower: true,
        number: true,
        numeric: true,
        minNumeric: 0,
        minUpper: 0,
        minLower: 0,
        minSpecial: 0,
      });
    });

    it("keeps every minimum and takes the other characters from the alphabets that are on", () => {
      const wanted = { length: 12, lower: true, minUpper: 3, minNumeric: 2, minSpecial: 4 };
      for (let round = 0; round < 50; round++) {
        const drawn = draw({ ...wanted, overrideSpecial: "#~" });
        assert.equal(drawn.length, 12);
        assert.equal(count(drawn, /[A-Z]/), 3);
        assert.equal(count(drawn, /[0-9]/), 2);
        assert.equal(count(drawn, /[#~]/), 4);
        assert.equal(count(drawn, /[a-z]/), 3);
      }
    });

    it("puts the minimums anywhere, not in front", () => {
      const first = new Set(
        Array.from({ length: 200 }, () =>
          draw({ length: 4, lower: true, minNumeric: 1 }).search(/\d/),
        ),
      );
      assert.deepEqual([...first].sort(), [0, 1, 2, 3]);
    });

    it("leaves the inputs as the program wrote them, like the real one", async () => {
      const { inputs } = await engine.check(password, { length: 5 });
      assert.deepEqual(inputs, { length: 5, __defaults: [] });
    });

    it("is stable: neither preview nor refresh of the same inputs finds a difference", async () => {
      const inputs = { length: 9, overrideSpecial: "!", keepers: { a: "1" } };
      const { id, state } = await engine.create(password, inputs);
      assert.equal((await engine.diff(password, state, inputs)).changes, "none");
      const read = await engine.read(password, id, state, inputs);
      assert.deepEqual(read.state, state);
      assert.deepEqual(read.inputs, { ...inputs, __defaults: [] });
    });

    const inputs = { length: 9, special: true, numeric: true };
    let made: Json;
    before(async () => {
      ({ state: made } = await engine.create(password, inputs));
    });
    const others: Json = {
      length: 10,
      special: false,
      upper: false,
      lower: false,
      numeric: false,
      minNumeric: 1,
      minUpper: 1,
      minLower: 1,
      minSpecial: 1,
      overrideSpecial: "#",
      keepers: { a: "1" },
    };
    for (const [key, value] of Object.entries(others)) {
      it(`is replaced when ${key} changes`, async () => {
        const diff = await engine.diff(password, made, { ...inputs, [key]: value });
        assert.ok(diff.replaces.includes(key), JSON.stringify(diff));
        assert.equal(diff.deleteBeforeReplace, false);
      });
    }

    it("takes number for the old name of numeric", async () => {
      const { state } = await engine.create(password, { length: 30, number: false });
      assert.equal(state["numeric"], false);
      assert.equal(count(revealed(state["result"]), /\d/), 0);
      const same = await engine.diff(password, state, { length: 30, numeric: false });
      assert.equal(same.changes, "none");
    });

    for (const [title, bad, reason] of [
      ["a length of zero", { length: 0 }, /at least 1/],
      ["minimums that do not fit", { length: 3, minLower: 2, minUpper: 2 }, /sum of the minimums/],
      [
        "no alphabet",
        { length: 3, special: false, upper: false, lower: false, numeric: false },
        /true/,
      ],
      [
        "two opinions about digits",
        { length: 3, number: true, numeric: false },
        /different values/,
      ],
    ] as const) {
      it(`refuses ${title}`, async () => {
        const { failures } = await engine.check(password, bad);
        assert.match(Object.values(failures).join(), reason);
      });
    }

    it("waits with its rules for values that are not known yet", async () => {
      const { failures } = await engine.check(password, { length: unknown, minLower: 2 });
      assert.deepEqual(failures, {});
    });

    it("is imported by its value, and does not use it as id", async () => {
      const { id, state, inputs } = await engine.read(password, "s3cret");
      assert.equal(id, "none");
      assert.deepEqual(state["result"], secret("s3cret"));
      assert.equal(inputs["length"], 6);
      assert.equal((await engine.diff(password, state, inputs)).changes, "none");
    });
  });

  describe("RandomBytes", () => {
    it("gives the bytes in two forms, and as the real one their value as id", async () => {
      const { id, state } = await engine.create(bytes, { length: 16 });
      const value = Buffer.from(id, "base64");
      assert.equal(value.length, 16);
      const forms = { base64: secret(id), hex: secret(value.toString("hex")) };
      assert.deepEqual(state, { length: 16, ...forms });
    });

    it("is replaced when the length or a keeper changes, and only then", async () => {
      const inputs = { length: 4, keepers: { a: "1" } };
      const { state } = await engine.create(bytes, inputs);
      assert.equal((await engine.diff(bytes, state, inputs)).changes, "none");
      const other = { length: 5, keepers: { a: "2" } };
      assert.deepEqual((await engine.diff(bytes, state, other)).replaces, ["keepers", "length"]);
    });

    it("is imported by its value", async () => {
      const { state } = await engine.read(bytes, "AQID");
      assert.deepEqual(state, { length: 3, base64: secret("AQID"), hex: secret("010203") });
    });
  });
});
