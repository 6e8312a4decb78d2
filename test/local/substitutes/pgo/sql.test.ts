import { describe, it } from "mocha";
import assert from "node:assert/strict";
import {
  databasesSql,
  safeRoleOptions,
  sqlRevision,
  usersSql,
} from "../../../../local/substitutes/pgo/sql.ts";

describe("pgo SQL", () => {
  const verifiers = new Map([["shlink", "SCRAM-SHA-256$x"]]);
  const users = [{ name: "shlink", databases: ["shlink"] }];

  it("creates databases without an owner and grants nothing in schema public", () => {
    const sql = databasesSql(["shlink"]) + usersSql(users, verifiers, false);
    assert.match(sql, /CREATE DATABASE "shlink"'/);
    assert.match(sql, /GRANT ALL PRIVILEGES ON DATABASE "shlink" TO "shlink"/);
    assert.ok(!/OWNER|SCHEMA/.test(sql));
  });

  it("sets the verifier, so that its change alone changes the revision", () => {
    const sql = usersSql(users, verifiers, false);
    assert.match(sql, /ALTER ROLE "shlink" WITH {2}PASSWORD 'SCRAM-SHA-256\$x'/);
    const other = usersSql(users, new Map([["shlink", "SCRAM-SHA-256$y"]]), false);
    assert.notEqual(sqlRevision(sql), sqlRevision(other));
  });

  it("always makes postgres a superuser that can log in, whatever is asked for", () => {
    const sql = usersSql(
      [{ name: "postgres", options: "NOLOGIN", databases: ["x"] }],
      new Map(),
      false,
    );
    assert.match(sql, /ALTER ROLE "postgres" WITH LOGIN SUPERUSER/);
    assert.ok(!sql.includes('"x"'));
  });

  it("creates a schema per user only when the annotation asks for it", () => {
    assert.match(usersSql(users, verifiers, true), /CREATE SCHEMA IF NOT EXISTS "shlink"/);
    assert.ok(!usersSql(users, verifiers, false).includes("CREATE SCHEMA"));
  });

  it("passes known role options and drops everything when one is a password or unknown", () => {
    assert.equal(safeRoleOptions("CREATEDB CONNECTION LIMIT 5"), "CREATEDB CONNECTION LIMIT 5");
    assert.equal(safeRoleOptions("CREATEDB PASSWORD 'x'"), "");
    assert.equal(safeRoleOptions("LOGIN; DROP TABLE x"), "");
  });

  it("quotes names", () => {
    assert.match(databasesSql([`a"b'c`]), /CREATE DATABASE "a""b''c"/);
  });
});
