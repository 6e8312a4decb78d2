import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { scramVerifier } from "../../../../local/substitutes/pgo/scram.ts";
import { promoteCommand } from "../../../../local/substitutes/pgo/startup.ts";
import { auditCommand, databasesSql, usersSql } from "../../../../local/substitutes/pgo/sql.ts";
import { freePort, PostgresInstance, whyNoPostgres } from "./postgres.ts";
import { newAuthority } from "../../../support/certificates.ts";

const reason = whyNoPostgres();
const password = "a:b@c/d e";

const root = await newAuthority();

describe("pgo database container with a real PostgreSQL", function () {
  this.timeout(120_000);
  if (reason !== null) {
    it(`is SKIPPED: ${reason}`, function () {
      this.skip();
    });
    return;
  }

  const folder = mkdtempSync(join(tmpdir(), "pgo-database-"));
  let primary: PostgresInstance;
  let replica: PostgresInstance;

  before(async () => {
    const port = await freePort();
    const instance = async (
      name: string,
      own: number,
      leaderPort: number,
      role: "primary" | "replica",
    ) => {
      mkdirSync(join(folder, name));
      const made = new PostgresInstance({
        folder: join(folder, name),
        port: own,
        leaderPort,
        root,
        role,
      });
      await made.start();
      return made;
    };
    const chmod = await import("node:fs");
    chmod.chmodSync(folder, 0o755);
    primary = await instance("a", port, port, "primary");
    replica = await instance("b", await freePort(), port, "replica");
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
    await replica?.stop();
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

  /** The number of rows, waiting a little for the expected one: replication is asynchronous. */
  async function countOnceIs(expected: string, port: number): Promise<unknown> {
    const count = () => query({ port }, "SELECT count(*) FROM kept");
    for (let tries = 0; tries < 50 && (await count()) !== expected; tries++) await sleep(100);
    return count();
  }

  it("accepts the password behind a verifier over verified TLS", async () => {
    assert.equal(await query({}, "SELECT current_user"), "shlink");
  });

  it("has its image's locale, its WAL in a folder beside the data, and pgAudit everywhere", async () => {
    assert.equal(await query({}, "SELECT datcollate FROM pg_database LIMIT 1"), "C.UTF-8");
    for (const { folder: own } of [primary, replica]) {
      assert.equal(readlinkSync(join(own, "pg15/pg_wal")), join(own, "pg15_wal"));
    }
    const [program = "", ...args] = auditCommand;
    primary.run([program, ...args]);
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

  it("streams to a replica that refuses writes", async () => {
    await query({}, "INSERT INTO kept DEFAULT VALUES");
    assert.equal(await countOnceIs("1", replica.port), "1");
    assert.equal(await query({ port: replica.port }, "SELECT count(*) FROM kept"), "1");
    await assert.rejects(
      query({ port: replica.port }, "INSERT INTO kept DEFAULT VALUES"),
      /read-only/,
    );
  });

  it("keeps its data and its role over a restart, with nobody there to tell it", async () => {
    await primary.stop();
    await primary.start();
    assert.equal(await query({}, "SELECT count(*) FROM kept"), "1");
    assert.equal(await query({}, "SELECT pg_is_in_recovery()"), false);
  });

  it("comes back as a replica when another primary has taken its place", async () => {
    await primary.crash();
    replica.run(promoteCommand);
    await query({ port: replica.port }, "INSERT INTO kept DEFAULT VALUES");
    const returned = new PostgresInstance({
      folder: primary.folder,
      port: primary.port,
      leaderPort: replica.port,
      root,
      role: "replica",
    });
    await returned.start();
    primary = returned;
    assert.equal(await query({}, "SELECT pg_is_in_recovery()"), true);
    assert.equal(await countOnceIs("2", primary.port), "2");
  });
});
