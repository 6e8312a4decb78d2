import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { covers } from "../../../local/providers/postgresql/catalogue.ts";
import { readConfig, refuseConfig } from "../../../local/providers/postgresql/config.ts";
import { inGoWords, Postgres } from "../../../local/providers/postgresql/connection.ts";
import { postgresql } from "../../../local/providers/postgresql/provider.ts";
import {
  grantId,
  grantSql,
  privilegesOf,
  revokeSql,
} from "../../../local/providers/postgresql/sql.ts";
import { start, unknown, type Engine } from "./support/engine.ts";

const base = { role: "shlink", database: "links", schema: "public" };
const onSchema = { ...base, objectType: "schema", privileges: ["USAGE", "CREATE"] };
const onTables = { ...base, objectType: "table", privileges: ["SELECT"] };

describe("postgresql plugin's SQL", () => {
  it("grants on a schema, on a database, on all tables and on named ones", () => {
    assert.equal(grantSql(onSchema), 'GRANT CREATE,USAGE ON SCHEMA "public" TO "shlink"');
    assert.equal(
      grantSql({ ...base, objectType: "database", privileges: ["CONNECT"], withGrantOption: true }),
      'GRANT CONNECT ON DATABASE "links" TO "shlink" WITH GRANT OPTION',
    );
    assert.equal(grantSql(onTables), 'GRANT SELECT ON ALL TABLES IN SCHEMA "public" TO "shlink"');
    assert.equal(
      grantSql({ ...onTables, objectType: "sequence", objects: ["a"] }),
      'GRANT SELECT ON SEQUENCE "public"."a" TO "shlink"',
    );
  });

  it("takes away every privilege, but from named tables only those that were given", () => {
    assert.equal(revokeSql(onSchema), 'REVOKE ALL PRIVILEGES ON SCHEMA "public" FROM "shlink"');
    assert.equal(
      revokeSql({ ...onTables, objects: ["b", "a"] }),
      'REVOKE SELECT ON TABLE "public"."b","public"."a" FROM "shlink"',
    );
    const all = 'REVOKE ALL PRIVILEGES ON ALL TABLES IN SCHEMA "public" FROM "shlink"';
    assert.equal(revokeSql(onTables), all);
  });

  it("quotes names so that none can end its quotes", () => {
    const evil = { ...onSchema, role: 'x"; DROP ROLE y --', schema: 'a"b' };
    assert.equal(grantSql(evil), 'GRANT CREATE,USAGE ON SCHEMA "a""b" TO "x""; DROP ROLE y --"');
  });

  it("makes ids like the real provider's", () => {
    assert.equal(grantId(onSchema), "shlink_links_public_schema");
    assert.equal(grantId({ ...onSchema, objectType: "database" }), "shlink_links_database");
    assert.equal(grantId({ ...onTables, objects: ["t"] }), "shlink_links_public_table_t");
  });

  it("takes ALL for the privileges that the server keeps for it", () => {
    const schema = privilegesOf("schema", 15);
    assert.equal(covers(["USAGE", "CREATE"], ["ALL"], schema), true);
    assert.equal(covers(["USAGE"], ["ALL"], schema), false);
    assert.equal(covers(["CREATE", "USAGE"], ["USAGE", "CREATE"], schema), true);
    assert.equal(covers([], ["USAGE"], schema), false);
  });

  it("knows MAINTAIN from PostgreSQL 17 on", () => {
    assert.ok(!privilegesOf("table", 16).includes("MAINTAIN"));
    assert.ok(privilegesOf("table", 17).includes("MAINTAIN"));
  });
});

describe("postgresql plugin's settings", () => {
  it("reads what the SDK sends", () => {
    const config = readConfig({ host: "h", port: "15432", connectTimeout: "5", password: "p" }, {});
    assert.equal(config.host, "h");
    assert.equal(config.port, 15432);
    assert.equal(config.connectTimeoutSeconds, 5);
    assert.equal(config.user, "postgres");
    assert.equal(config.database, "postgres");
  });

  it("falls back to libpq's variables, as the real one does", () => {
    const env = {
      PGHOST: "e",
      PGPORT: "1",
      PGUSER: "u",
      PGPASSWORD: "w",
      PGDATABASE: "d",
      PGSSLMODE: "disable",
    };
    const { ssl, ...config } = readConfig({}, env);
    assert.equal(ssl(), false);
    const expected = { host: "e", port: 1, user: "u", password: "w", database: "d" };
    assert.deepEqual(config, { ...expected, connectTimeoutSeconds: 180, expectedMajor: undefined });
  });

  it("encrypts without a mode, and checks the server only where it is told to", () => {
    assert.deepEqual(readConfig({}, {}).ssl(), { rejectUnauthorized: false });
    assert.deepEqual(readConfig({ sslmode: "verify-full" }, {}).ssl(), { ca: undefined });
    assert.throws(() => readConfig({ sslrootcert: "/no/ca.crt" }, {}).ssl(), {
      message: "open /no/ca.crt: no such file or directory",
    });
  });

  it("refuses what the local plugin does not have", () => {
    assert.deepEqual(
      refuseConfig({ sslmode: "prefer", scheme: "awspostgres", awsRdsIamAuth: "true" }),
      {
        awsRdsIamAuth: 'the local plugin does not support the setting "awsRdsIamAuth"',
        sslmode:
          'unsupported sslmode "prefer"; only disable, require, verify-ca, verify-full are supported',
        scheme: 'unsupported scheme "awspostgres"; only postgres is',
      },
    );
    assert.deepEqual(refuseConfig({ sslmode: "verify-ca", superuser: "true", host: unknown }), {});
  });
});

describe("postgresql plugin's errors", () => {
  const postgres = (port: number, timeout = "5") =>
    new Postgres(
      readConfig(
        { host: "127.0.0.1", port: String(port), password: "hunter2", connectTimeout: timeout },
        {},
      ),
      new AbortController().signal,
    );
  const nothing = () => Promise.resolve();
  const prefix = "error connecting to PostgreSQL server 127.0.0.1 (scheme: postgres): ";

  it("says that nobody listens, in the real provider's words", async () => {
    await assert.rejects(postgres(1).transaction("d", nothing), {
      message: `${prefix}dial tcp 127.0.0.1:1: connect: connection refused`,
    });
  });

  it("gives up after the time that the settings allow", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as AddressInfo;
    await assert.rejects(postgres(port, "1").transaction("d", nothing), {
      message: `${prefix}dial tcp 127.0.0.1:${port}: i/o timeout`,
    });
    silent.close();
  });

  it("marks what the server said", () => {
    const error = Object.assign(new Error('no pg_hba.conf entry for host "::1"'), {
      severity: "FATAL",
    });
    assert.equal(inGoWords(error, "h:1"), 'pq: no pg_hba.conf entry for host "::1"');
  });
});

describe("postgresql.Grant", () => {
  let engine: Engine;
  let urn: string;

  before(async () => {
    engine = await start(postgresql);
    // Nobody listens there: nothing in these tests needs a server.
    await engine.configure({ host: "127.0.0.1", port: "1", connectTimeout: "1" });
    urn = engine.urn("index/grant:Grant");
  });
  after(() => engine.close());

  it("previews without a server, all outputs known", async () => {
    const { inputs, failures } = await engine.check(urn, onSchema);
    assert.deepEqual(failures, {});
    const { state } = await engine.create(urn, inputs, true);
    assert.deepEqual(state, {
      ...onSchema,
      privileges: ["CREATE", "USAGE"],
      withGrantOption: false,
    });
  });

  it("is the same for the same privileges in another order", async () => {
    const state = { ...onSchema, privileges: ["CREATE", "USAGE"], withGrantOption: false };
    assert.equal((await engine.diff(urn, state, onSchema)).changes, "none");
  });

  it("is changed in place when privileges change, and replaced, old one first, when anything else does", async () => {
    const fewer = await engine.diff(urn, onSchema, { ...onSchema, privileges: ["USAGE"] });
    assert.deepEqual(fewer.detailed, { privileges: "UPDATE" });
    const other = await engine.diff(urn, onSchema, {
      ...onSchema,
      role: "r",
      withGrantOption: true,
    });
    assert.deepEqual(other.replaces, ["role", "withGrantOption"]);
    assert.equal(other.deleteBeforeReplace, true);
  });

  it("refuses types of objects that it does not know", async () => {
    const { failures } = await engine.check(urn, { ...onSchema, objectType: "function" });
    assert.equal(failures["objectType"], "it must be one of database, schema, table, sequence");
  });

  it("tells at the write, not before, that a schema is missing, like the real one", async () => {
    const without = { role: "r", database: "d", objectType: "schema", privileges: ["USAGE"] };
    assert.deepEqual((await engine.check(urn, without)).failures, {});
    await assert.rejects(
      engine.create(urn, without),
      /parameter 'schema' is mandatory for postgresql_grant/,
    );
  });
});
