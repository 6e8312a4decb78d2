import { after, before, beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresql as provider } from "../../../../local/providers/postgresql/provider.ts";
import {
  freePort,
  PostgresInstance,
  whyNoPostgres,
} from "../../substitutes/integration/postgres.ts";
import { secret, start, type Engine, type Json } from "../support/engine.ts";
import { newAuthority } from "../../../support/certificates.ts";
import { skip } from "../../../support/skip.ts";

const reason = whyNoPostgres();
const password = "a:b@c/d e";

const root = await newAuthority();

describe("postgresql plugin with a real PostgreSQL 15 that takes TLS only", function () {
  this.timeout(120_000);
  if (reason !== null) return skip(reason);

  const folder = mkdtempSync(join(tmpdir(), "grant-plugin-"));
  const certificate = join(folder, "ca.crt");
  let server: PostgresInstance;
  let engine: Engine;
  let urn: string;
  let settings: Json;
  const onSchema = {
    role: "shlink",
    database: "links",
    schema: "public",
    objectType: "schema",
    privileges: ["USAGE", "CREATE"],
    withGrantOption: false,
  };

  before(async () => {
    const port = await freePort();
    server = new PostgresInstance({ folder, port, root });
    await server.start();
    server.sql(`ALTER ROLE postgres PASSWORD '${password}'`);
    server.sql("CREATE ROLE shlink LOGIN PASSWORD 'app'");
    server.sql("CREATE DATABASE links");
    writeFileSync(certificate, root.certificate);
    settings = {
      host: "localhost",
      port: String(port),
      username: "postgres",
      password: secret(password),
      sslmode: "verify-ca",
      sslrootcert: certificate,
      connectTimeout: "5",
    };
    engine = await start(provider);
    urn = engine.urn("index/grant:Grant");
  });
  beforeEach(() => engine.configure(settings));
  after(async () => {
    engine.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const inLinks = (sql: string) => server.sql(`\\c links\n${sql}`).split("\n").at(-1);
  const may = (privilege: string) =>
    inLinks(`SELECT has_schema_privilege('shlink', 'public', '${privilege}')`) === "t";

  it("leads a grant on a schema through its life", async () => {
    assert.equal(may("CREATE"), false);
    const { id, state } = await engine.create(urn, onSchema);
    assert.equal(id, "shlink_links_public_schema");
    assert.equal(may("CREATE"), true);
    assert.equal((await engine.diff(urn, state, onSchema)).changes, "none");
    const read = await engine.read(urn, id, state, { ...onSchema, __defaults: [] });
    assert.deepEqual(read, { id, state, inputs: { ...onSchema, __defaults: [] } });
    const fewer = await engine.update(urn, id, state, { ...onSchema, privileges: ["USAGE"] });
    assert.deepEqual(fewer["privileges"], ["USAGE"]);
    assert.equal(may("CREATE"), false);
    await engine.delete(urn, id, fewer);
    assert.deepEqual((await engine.read(urn, id, fewer)).state["privileges"], []);
  });

  it("sees at a refresh what was done by hand, and repairs it", async () => {
    const { id, state } = await engine.create(urn, onSchema);
    inLinks("REVOKE CREATE ON SCHEMA public FROM shlink");
    const read = await engine.read(urn, id, state, onSchema);
    assert.deepEqual(read.state["privileges"], ["USAGE"]);
    assert.deepEqual((await engine.diff(urn, read.state, onSchema)).diffs, ["privileges"]);
    await engine.update(urn, id, read.state, onSchema);
    assert.equal(may("CREATE"), true);
    await engine.delete(urn, id, state);
  });

  it("grants on a database, on all tables and on named ones, and takes ALL for what it means", async () => {
    inLinks("CREATE TABLE a (); CREATE TABLE b (); CREATE SEQUENCE s");
    for (const [objectType, privileges, objects] of [
      ["database", ["CONNECT", "TEMPORARY"], undefined],
      ["table", ["ALL"], undefined],
      ["table", ["SELECT", "INSERT"], ["b"]],
      ["sequence", ["USAGE"], ["s"]],
    ] as const) {
      const given: Json = { ...onSchema, objectType, privileges: [...privileges] };
      if (objects !== undefined) given["objects"] = [...objects];
      const { id, state } = await engine.create(urn, given);
      assert.deepEqual((await engine.read(urn, id, state)).state, state);
      assert.deepEqual((await engine.diff(urn, state, given)).diffs, []);
      await engine.delete(urn, id, state);
      assert.deepEqual((await engine.read(urn, id, state)).state["privileges"], []);
    }
  });

  it("is gone when its database, its role or its schema is", async () => {
    for (const gone of [{ database: "nowhere" }, { role: "nobody" }, { schema: "nothing" }]) {
      assert.equal((await engine.read(urn, "x", { ...onSchema, ...gone })).id, "");
    }
  });

  it("changes nothing when a part of it fails", async () => {
    const { id, state } = await engine.create(urn, onSchema);
    const wrong = { ...onSchema, privileges: ["USAGE", "SELECT"] };
    await assert.rejects(
      engine.update(urn, id, state, wrong),
      /SELECT is not an allowed privilege for object type schema/,
    );
    await assert.rejects(engine.create(urn, { ...onSchema, role: "nobody" }), {
      message: 'could not execute revoke query: pq: role "nobody" does not exist',
    });
    assert.equal(may("CREATE"), true);
    await engine.delete(urn, id, state);
  });

  it("leaves no connection behind", async () => {
    const { id, state } = await engine.create(urn, onSchema);
    await engine.delete(urn, id, state);
    assert.equal(
      inLinks("SELECT count(*) FROM pg_stat_activity WHERE client_addr IS NOT NULL"),
      "0",
    );
  });

  it("leads a login that acts as another role through its life", async () => {
    const roleUrn = engine.urn("index/role:Role");
    const asked = {
      name: "shlink_1",
      login: true,
      password: secret("first'one"),
      roles: ["shlink"],
      assumeRole: "shlink",
    };
    const { inputs, failures } = await engine.check(roleUrn, asked);
    assert.deepEqual(failures, {});
    const { id, state } = await engine.create(roleUrn, inputs);
    assert.equal(id, "shlink_1");
    assert.equal((await engine.diff(roleUrn, state, inputs)).changes, "none");
    const settingsOf = "SELECT rolcanlogin, rolconfig FROM pg_roles WHERE rolname = 'shlink_1'";
    assert.equal(inLinks(settingsOf), "t|{role=shlink}");
    // The password is the one that was asked for: with it the role does what is the other's to do.
    await engine.configure({ ...settings, username: "shlink_1", password: secret("first'one") });
    const owned = { ...onSchema, schema: "own" };
    inLinks("CREATE SCHEMA own AUTHORIZATION shlink");
    await engine.create(urn, owned);
    await engine.configure(settings);
    await engine.delete(roleUrn, id, state);
    assert.equal(inLinks("SELECT count(*) FROM pg_roles WHERE rolname = 'shlink_1'"), "0");
    assert.equal(inLinks("SELECT count(*) FROM pg_namespace WHERE nspname = 'own'"), "1");
  });

  describe("when the connection is refused", () => {
    const refused = async (more: Json) => {
      await engine.configure({ ...settings, ...more });
      const error = await engine.create(urn, onSchema).catch((e: unknown) => e);
      return (error as Error).message.replace(
        /^error connecting to PostgreSQL server \S+ \(scheme: postgres\): /,
        "",
      );
    };

    it("says what is wrong, without the password", async () => {
      assert.match(
        await refused({ sslmode: "disable" }),
        /^pq: no pg_hba\.conf entry for host ".*", user "postgres", database "links", no encryption$/,
      );
      assert.equal(
        await refused({ password: secret("no") }),
        'pq: password authentication failed for user "postgres"',
      );
      assert.equal(
        await refused({ sslmode: "verify-full", host: "127.0.0.1" }).then((m) => m.split(":")[0]),
        "tls",
      );
      const other = join(folder, "other.crt");
      writeFileSync(other, (await newAuthority()).certificate);
      assert.match(await refused({ sslrootcert: other }), /^tls: failed to verify certificate: /);
    });

    it("checks the name only in the mode verify-full", async () => {
      const others: Json[] = [
        { host: "127.0.0.1" },
        { sslmode: "verify-full" },
        { sslmode: "require" },
      ];
      for (const more of others) {
        await engine.configure({ ...settings, ...more });
        await engine.create(urn, onSchema);
      }
    });

    it("tells what somebody without the right to grant is not allowed to do", async () => {
      inLinks("CREATE SCHEMA closed");
      await engine.configure({ ...settings, username: "shlink", password: "app" });
      await assert.rejects(engine.create(urn, { ...onSchema, schema: "closed" }), {
        message: "could not execute revoke query: pq: permission denied for schema closed",
      });
    });
  });
});
