import { after, before, beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { readBack, text, type Provider } from "../../../local/providers/host/resource.ts";
import type { Props } from "../../../local/providers/host/values.ts";
import { secret, start, unfinished, unknown, type Engine } from "./support/engine.ts";

/** Things in the toy's world, by id. */
const world = new Map<string, Props>();
let failReading = false;
let opened: Props | undefined;

const toy: Provider<Map<string, Props>> = {
  name: "toy",
  version: "1.2.3",
  defaultsAreInputs: true,
  refuse: (config): Record<string, string> =>
    config["bad"] === undefined ? {} : { bad: "it is bad" },
  open: (config) => {
    opened = config;
    return world;
  },
  resources: [
    {
      token: "toy:index/thing:Thing",
      deleteBeforeReplace: true,
      fields: {
        name: { kind: "string", required: true, autoname: true, replaces: true },
        note: { kind: "string" },
        color: { kind: "string", default: "red" },
        size: { kind: "integer", computed: true },
        tags: { kind: "set" },
        labels: { kind: "map" },
        key: { kind: "string", secret: true },
        serial: { kind: "string", output: true, secret: true },
      },
      create: (_, planned) => {
        const id = text(planned, "name");
        const size = typeof planned["size"] === "number" ? planned["size"] : 7;
        world.set(id, { ...planned, size, serial: "s-1" });
        return readBack(id, planned, () => {
          if (failReading) throw new Error("cannot read");
          return Promise.resolve({ id, state: world.get(id) ?? {} });
        });
      },
      read: (_, id) => {
        const state = world.get(id);
        return Promise.resolve(state && { id, state });
      },
      update: (_, { id, planned }) => {
        world.set(id, planned);
        return Promise.resolve(planned);
      },
      remove: (_, id) => {
        world.delete(id);
        return Promise.resolve();
      },
    },
  ],
};

describe("plugin host", () => {
  let engine: Engine;
  let urn: string;

  before(async () => {
    engine = await start(toy);
    urn = engine.urn("index/thing:Thing", "lamp");
  });
  beforeEach(async () => {
    world.clear();
    failReading = false;
    await engine.configure();
  });
  after(() => engine.close());

  describe("settings", () => {
    it("gives its version and takes secrets and previews", async () => {
      assert.equal(await engine.version(), "1.2.3");
      const response = await engine.configure({ password: secret("p") });
      assert.deepEqual(opened, { password: "p" });
      assert.equal(response.getAcceptsecrets(), true);
      assert.equal(response.getSupportspreview(), true);
    });

    it("returns settings as they came, so that they never differ from themselves", async () => {
      const settings = { port: "5432", password: secret("p"), address: unknown };
      assert.deepEqual(await engine.checkConfig(settings), { inputs: settings, failures: {} });
    });

    it("refuses settings with one sentence, in the check and at the start", async () => {
      const { failures } = await engine.checkConfig({ bad: "1" });
      assert.deepEqual(failures, { bad: "it is bad" });
      await assert.rejects(engine.configure({ bad: "1" }), /^Error: Setting bad: it is bad$/);
    });

    it("names the settings that differ, and never replaces a provider", async () => {
      const old = { a: "1", b: secret("x"), c: "3" };
      const diff = await engine.diffConfig(old, { a: "1", b: secret("y"), c: unknown });
      assert.deepEqual(diff.diffs, ["b", "c"]);
      assert.deepEqual(diff.replaces, []);
      assert.equal((await engine.diffConfig(old, old)).changes, "none");
    });
  });

  describe("check", () => {
    it("fills in defaults and a name, and notes them", async () => {
      const { inputs, failures } = await engine.check(urn, { note: "n" });
      assert.deepEqual(failures, {});
      assert.deepEqual(inputs["__defaults"], ["color", "name"]);
      assert.equal(inputs["color"], "red");
      assert.match(inputs["name"] as string, /^lamp-[0-9a-f]{7}$/);
    });

    it("keeps a name that was made before, but not one that the program gave", async () => {
      const made = { name: "lamp-0000000", __defaults: ["name"] };
      assert.equal((await engine.check(urn, {}, made)).inputs["name"], "lamp-0000000");
      const given = { name: "lamp-0000000", __defaults: [] };
      assert.notEqual((await engine.check(urn, {}, given)).inputs["name"], "lamp-0000000");
    });

    it("lets unknown values pass and keeps secrets secret", async () => {
      const inputs = { name: "a", size: unknown, tags: [unknown], key: "k", note: secret("n") };
      const checked = await engine.check(urn, inputs);
      assert.deepEqual(checked.failures, {});
      assert.deepEqual(checked.inputs, {
        ...inputs,
        color: "red",
        key: secret("k"),
        __defaults: ["color"],
      });
    });

    it("refuses unknown names, outputs and wrong types without showing the value", async () => {
      const inputs = {
        name: "a",
        size: "hidden",
        colour: "x",
        serial: "y",
        tags: "hidden",
        key: 5,
      };
      const { failures } = await engine.check(urn, inputs);
      assert.deepEqual(failures, {
        size: "it must be a whole number, got a value of type string",
        colour: '"colour" is not an input that is supported',
        serial: '"serial" is not an input that is supported',
        tags: "it must be a list of strings, got a value of type string",
        key: "it must be a string, got a value of type number",
      });
    });

    it("refuses a type that it does not have, and names those that it has", async () => {
      const other = engine.urn("index/other:Other");
      await assert.rejects(
        engine.check(other, {}),
        /no type "toy:index\/other:Other", only: toy:index/,
      );
    });
  });

  describe("preview", () => {
    it("shows given values and defaults, and unknown ones for what the server will say", async () => {
      const { id, state } = await engine.create(urn, { name: "a", note: secret("n") }, true);
      assert.equal(id, "");
      const serial = secret(unknown);
      assert.deepEqual(state, {
        name: "a",
        note: secret("n"),
        color: "red",
        size: unknown,
        serial,
      });
      assert.equal(world.size, 0);
    });

    it("keeps what the server said when it shows an update", async () => {
      const { state } = await engine.create(urn, { name: "a" });
      const shown = await engine.update(urn, "a", state, { name: "a", note: unknown }, true);
      assert.equal(shown["size"], 7);
      assert.equal(shown["note"], unknown);
      assert.deepEqual(shown["serial"], secret("s-1"));
      assert.equal(world.get("a")?.["note"], undefined);
    });
  });

  describe("diff", () => {
    const state = { name: "a", color: "red", size: 7, tags: ["x", "y"], note: "n", serial: "s-1" };
    const inputs = { name: "a", color: "red", tags: ["y", "x"], note: "n" };

    it("is empty for the same values in another order and for values that only the server gives", async () => {
      assert.equal((await engine.diff(urn, state, inputs)).changes, "none");
    });

    it("ignores the notes that real plugins leave in a state", async () => {
      const noted = { ...state, __meta: "{}", __defaults: [], tags: ["x", "y"] };
      assert.equal((await engine.diff(urn, noted, { ...inputs, __defaults: [] })).changes, "none");
      world.set("a", { name: "a" });
      const updated = await engine.update(urn, "a", noted, { ...inputs, __defaults: ["x"] });
      assert.deepEqual(
        Object.keys(updated).filter((key) => key.startsWith("__")),
        [],
      );
      const { failures } = await engine.check(urn, { name: "a", __meta: "{}" });
      assert.deepEqual(failures, {});
    });

    it("takes an empty value and a missing one for the same", async () => {
      const empty = { ...state, note: "", tags: [], labels: {} };
      assert.equal((await engine.diff(urn, empty, { name: "a" })).changes, "none");
      const given = { name: "a", note: "", tags: [], labels: {} };
      const bare = { name: "a", color: "red" };
      assert.equal((await engine.diff(urn, bare, given)).changes, "none");
    });

    it("tells what is added, changed and removed", async () => {
      const now = { name: "a", tags: ["y", "x"], color: "blue", labels: { a: "" } };
      const diff = await engine.diff(urn, state, now);
      assert.deepEqual(diff.diffs, ["color", "labels", "note"]);
      assert.deepEqual(diff.detailed, { color: "UPDATE", labels: "ADD", note: "DELETE" });
      assert.deepEqual(diff.replaces, []);
      assert.equal(diff.deleteBeforeReplace, false);
    });

    it("replaces for what cannot be changed, the old one first where the real provider does so", async () => {
      const diff = await engine.diff(urn, state, { ...inputs, name: "b" });
      assert.deepEqual(diff.replaces, ["name"]);
      assert.deepEqual(diff.detailed, { name: "UPDATE_REPLACE" });
      assert.equal(diff.deleteBeforeReplace, true);
    });

    it("takes an unknown value for a change", async () => {
      assert.deepEqual((await engine.diff(urn, state, { ...inputs, note: unknown })).diffs, [
        "note",
      ]);
    });
  });

  describe("life of a resource", () => {
    it("marks as secret what the schema says and what came in as a secret, and nothing else", async () => {
      const { state } = await engine.create(urn, {
        name: "a",
        key: "k",
        note: secret("n"),
        tags: ["t"],
      });
      assert.deepEqual(state, {
        name: "a",
        key: secret("k"),
        note: secret("n"),
        tags: ["t"],
        color: "red",
        size: 7,
        serial: secret("s-1"),
      });
    });

    it("reports a resource as gone by an empty id", async () => {
      assert.equal((await engine.read(urn, "nowhere", { name: "nowhere" })).id, "");
    });

    it("shows a refresh only the inputs that the program gave, in the program's spelling", async () => {
      const inputs = { name: "a", tags: ["x", "y"], __defaults: [] };
      const { state } = await engine.create(urn, inputs);
      world.set("a", { ...world.get("a"), tags: ["y", "x"], size: 9, note: "by hand" });
      const read = await engine.read(urn, "a", state, inputs);
      assert.deepEqual(read.inputs, inputs);
      assert.equal(read.state["note"], "by hand");
    });

    it("shows an import all inputs that differ from the defaults", async () => {
      world.set("a", { name: "a", color: "red", note: "n", size: 0, serial: "s" });
      const read = await engine.read(urn, "a");
      assert.deepEqual(read.inputs, { name: "a", note: "n", __defaults: [] });
    });

    it("does not lose a resource whose reading failed after it was made", async () => {
      failReading = true;
      const error = await engine.create(urn, { name: "a", key: "k" }).catch((e: unknown) => e);
      assert.deepEqual(unfinished(error), {
        id: "a",
        state: { name: "a", color: "red", key: secret("k") },
        reasons: ["cannot read"],
      });
    });

    it("does not start anything after it was cancelled", async () => {
      const other = await start(toy);
      await other.configure();
      await other.cancel();
      await assert.rejects(other.create(urn, { name: "a" }), /The operation was cancelled/);
      assert.equal(world.size, 0);
      other.close();
    });
  });
});
