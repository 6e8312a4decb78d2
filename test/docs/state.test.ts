import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "mocha";
import type { Registration } from "../../plan/render.ts";
import { synth } from "../support/synth.ts";

const document = readFileSync("docs/state.md", "utf8");
/** Inputs of these are secret, or their outputs. */
const secretive = [
  "random:index/randomPassword:RandomPassword",
  "tls:index/privateKey:PrivateKey",
  "vault:kv/secretV2:SecretV2",
  "postgresql:index/role:Role",
];

describe("docs/state.md", () => {
  let registrations: Registration[] = [];
  before(async () => {
    ({ registrations } = await synth("prod", { database: { rotation: 1 } }));
  });
  /** Lines of its tables. */
  const rows = document.split("\n").filter((line) => line.startsWith("|"));
  const isNamed = (...words: string[]) =>
    rows.some((row) => words.every((word) => row.includes(word)));

  it("names every secret that production has in its state", () => {
    const secrets = registrations.filter(({ type }) => secretive.includes(type));
    assert.ok(secrets.length >= 8);
    for (const { type, name } of secrets.map((one) => ({
      ...one,
      name: one.name.replace("login-1", "login-N"),
    })))
      assert.ok(isNamed(`\`${type.split(":").at(-1)}\``, `\`${name}\``), `${type} ${name}`);
  });

  it("names what production protects, and nothing else", () => {
    const marked = registrations.filter((one) => one.protect);
    const named = rows.filter((row) => / \| yes +\| /.test(row));
    assert.equal(named.length, marked.length);
    for (const { name } of marked) assert.ok(isNamed(`\`${name}\``, "| yes"), name);
  });
});
