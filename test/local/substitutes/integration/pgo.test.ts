import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { scramVerifier } from "../../../../local/substitutes/pgo/scram.ts";
import { queries, setupSql } from "../../../../local/substitutes/pgo/queries.ts";
import {
  auditSql,
  databasesSql,
  forEachDatabase,
  poolSql,
  psqlCommand,
  usersSql,
} from "../../../../local/substitutes/pgo/sql.ts";
import { freePort, PostgresInstance, whyNoPostgres } from "./postgres.ts";
import { newAuthority } from "../../../support/certificates.ts";
import { skip } from "../../../support/skip.ts";

const reason = whyNoPostgres();
const password = "a:b@c/d e";

const root = await newAuthority();

describe("pgo settings and SQL with a real PostgreSQL", function () {
  this.timeout(120_000);
  if (reason !== null) return skip(reason);

  const folder = mkdtempSync(join(tmpdir(), "pgo-database-"));
  let primary: PostgresInstance;

  before(async () => {
    chmodSync(folder, 0o755);
    primary = new PostgresInstance({ folder: join(folder, "a"), port: await freePort(), root });
    await primary.start();
    primary.sql(databasesSql(["shlink"]));
    const users = [{ name: "shlink", databases: ["shlink"] }, { name: "postgres" }];
    primary.sql(
      usersSql(
        users,
        new Map([
          ["shlink", scramVerifier(password)],
          ["postgres", scramVerifier("root")],
        ]),
        false,
      ),
    );
  });

  after(async () => {
    await primary?.stop();
    rmSync(folder, { recursive: true });
  });

  async function query(options: pg.ClientConfig, sql: string): Promise<unknown> {
    const client = new pg.Client({
      host: "127.0.0.1",
      port: primary.port,
      user: "shlink",
      database: "shlink",
      password,
      ssl: { ca: root.certificate, servername: "localhost" },
      ...options,
    });
    await client.connect();
    try {
      const result = await client.query<Record<string, unknown>>(sql);
      return Object.values(result.rows[0] ?? {})[0];
    } finally {
      await client.end();
    }
  }

  it("accepts the password behind a verifier over verified TLS", async () => {
    assert.equal(await query({}, "SELECT current_user"), "shlink");
  });

  it("has pgAudit in every database, the template of new ones included", () => {
    const [program = "", ...args] = forEachDatabase(psqlCommand.join(" "));
    primary.run([program, ...args], auditSql);
    const extension = "SELECT count(*) FROM pg_extension WHERE extname = 'pgaudit'";
    for (const database of ["postgres", "shlink", "template1"]) {
      assert.equal(primary.run(["psql", "-XAtwc", extension, database]).trim(), "1");
    }
  });

  it("refuses the network without TLS", async () => {
    await assert.rejects(
      query({ ssl: false }, "SELECT 1"),
      /no pg_hba\.conf entry .* no encryption/,
    );
  });

  it("refuses a wrong password and another authority", async () => {
    await assert.rejects(
      query({ password: "wrong" }, "SELECT 1"),
      /password authentication failed/,
    );
    await assert.rejects(
      query(
        { ssl: { ca: (await newAuthority()).certificate, servername: "localhost" } },
        "SELECT 1",
      ),
      /self-signed certificate|unable to verify/i,
    );
  });

  it("leaves the database to postgres and schema public closed to its user", async () => {
    const owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shlink'";
    assert.equal(await query({}, owner), "postgres");
    await assert.rejects(
      query({}, "CREATE TABLE t (i int)"),
      /permission denied for schema public/,
    );
  });

  it("opens schema public by the one grant the program makes", async () => {
    await query(
      { user: "postgres", password: "root" },
      "GRANT CREATE, USAGE ON SCHEMA public TO shlink",
    );
    await query({}, "CREATE TABLE kept (i serial primary key)");
    assert.equal(await query({}, "SELECT count(*) FROM kept"), "0");
  });

  it("runs the user SQL again without complaint", () => {
    assert.equal(primary.sql(databasesSql(["shlink"])), "");
  });

  it("tells the pool the passwords of users, and of nobody with power", async () => {
    const [program = "", ...args] = forEachDatabase(psqlCommand.join(" "));
    for (let times = 0; times < 2; times++)
      primary.run([program, ...args], poolSql("pool", scramVerifier("pool")));
    const asPool = (sql: string) => query({ user: "pool", password: "pool" }, sql);
    const verifier = "SELECT password FROM pgbouncer.get_auth";
    assert.match(String(await asPool(`${verifier}('shlink')`)), /^SCRAM-SHA-256\$/);
    for (const name of ["postgres", "pool", "nobody"])
      assert.equal(await asPool(`${verifier}('${name}')`), undefined);
    await assert.rejects(query({}, `${verifier}('shlink')`), /permission denied for schema/);
  });

  it("answers the exporter's questions to its user alone", async () => {
    primary.sql(setupSql("monitor", scramVerifier("monitor")));
    const monitor = { user: "monitor", password: "monitor", database: "postgres" };
    for (const { query: sql } of Object.values(queries)) await query(monitor, sql);
    assert.equal(await query(monitor, queries.ccp_is_in_recovery?.query ?? ""), 2);
    assert.equal(await query(monitor, "SELECT repo FROM monitor.backups()"), undefined);
  });
});
