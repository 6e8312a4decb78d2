import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { foundThere, type Theirs } from "../../../components/vault/found.ts";
import type { HttpAnswer } from "../../../effects/http.ts";
import type { StackState } from "../../../effects/state.ts";
import { refusalOf } from "../../support/demands.ts";

const identity = "11111111-2222-3333-4444-555555555555";
const vault: Theirs = {
  address: "https://vault.example.com",
  store: "links",
  logins: { path: "links-kubernetes", existing: false },
};
const docs = "(docs/which-parts.md, A Vault that is there)";

describe("What is in a Vault that somebody else runs", () => {
  let asked: string[];
  let answers: Record<string, HttpAnswer>;
  beforeEach(() => {
    asked = [];
    answers = { "sys/mounts": { status: 200, body: {} }, "sys/auth": { status: 200, body: {} } };
  });
  const has = (list: string, name: string, mounted: object) =>
    (answers[list] = { status: 200, body: { data: { "others/": {}, [`${name}/`]: mounted } } });
  const find = (state: Partial<StackState> = {}, settings: Partial<Theirs> = {}) =>
    foundThere({ ...vault, ...settings }, { namespaces: {}, ...state }, (path, request) => {
      assert.deepEqual(request, { method: "GET" });
      asked.push(path);
      return Promise.resolve(answers[path] ?? { status: 404, body: {} });
    });
  const known: StackState = {
    namespaces: {},
    identity,
    made: new Set(["Mount links", "AuthBackend links-kubernetes"]),
    vault: { address: vault.address, accessors: { links: "kv_1" } },
  };

  it("is nothing at a first up", async () => {
    assert.deepEqual(await find(), []);
    assert.deepEqual(asked, ["sys/mounts", "sys/auth"]);
  });

  it("is taken over where an up was interrupted, known by the state's claim", async () => {
    has("sys/mounts", "links", { description: `Secrets of the platform, ${identity}` });
    assert.deepEqual(await find({ identity }), ["Mount"]);
    has("sys/auth", "links-kubernetes", { description: `Accounts of the platform, ${identity}` });
    assert.deepEqual(await find({ identity }), ["Mount", "AuthBackend"]);
    assert.deepEqual(
      await find({ identity, made: new Set(["Mount links"]), vault: known.vault! }),
      ["AuthBackend"],
    );
  });

  it("is not asked for once the state knows it", async () => {
    assert.deepEqual(await find(known), []);
    assert.deepEqual(asked, []);
  });

  it("needs no login of its own where Vault lends one", async () => {
    const logins = { path: "kubernetes/prod", existing: true };
    has("sys/auth", "kubernetes/prod", {});
    assert.deepEqual(await find({}, { logins }), []);
    assert.deepEqual(asked, ["sys/mounts"]);
  });

  for (const [list, name, word] of [
    ["sys/mounts", "links", "store"],
    ["sys/auth", "links-kubernetes", "login"],
  ] as const)
    it(`refuses a ${word} of another stack or of people under our name`, async () => {
      const sentence =
        `Vault at https://vault.example.com has a ${word} ${name} that this state has not made: choose another vault.prefix, or ` +
        `let it be removed ${docs}.`;
      for (const mounted of [{}, { description: "" }, { description: `Secrets, ${identity}x` }]) {
        has(list, name, mounted);
        assert.equal(await refusalOf(find({ identity })), sentence);
      }
      has(list, name, { description: "Secrets of the platform, undefined" });
      assert.equal(await refusalOf(find()), sentence);
    });

  for (const [text, elsewhere, name] of [
    ["address", { address: "https://other.example.com" }, "https://other.example.com"],
    ["namespace", { namespace: "team" }, "https://vault.example.com, namespace team,"],
  ] as const) {
    it(`refuses another ${text}, where another Vault is`, async () => {
      const sentence = (what: string) =>
        `Vault at ${name} (settings vault.address and vault.namespace) has ${what} store links: this stack's, with its passwords, ` +
        `is in Vault at https://vault.example.com; write that again ${docs}.`;
      assert.equal(await refusalOf(find(known, elsewhere)), sentence("no"));
      has("sys/mounts", "links", { accessor: "kv_2", description: identity });
      assert.equal(await refusalOf(find(known, elsewhere)), sentence("another"));
    });

    it(`takes another ${text} of the same Vault, which is known by its own name of the store`, async () => {
      has("sys/mounts", "links", { accessor: "kv_1" });
      assert.deepEqual(await find(known, elsewhere), []);
      assert.deepEqual(asked, ["sys/mounts"]);
    });
  }

  it("refuses to go on where it may not look", async () => {
    answers["sys/auth"] = { status: 403, body: { errors: ["permission denied"] } };
    assert.equal(
      await refusalOf(find()),
      "The deployer cannot read sys/auth of Vault at https://vault.example.com: it answered 403 permission denied; give its role the " +
        `policy that npm run vault-policy prints ${docs}.`,
    );
  });
});
