import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { scramVerifier } from "../../../components/database/scram.ts";
import { readPrograms } from "../../../components/program/index.ts";
import { newAuthority } from "../../support/certificates.ts";
import { podNode } from "../../support/pod-node.ts";
import {
  freePort,
  PostgresInstance,
  whyNoPostgres,
} from "../../local/substitutes/integration/postgres.ts";
import { skip } from "../../support/skip.ts";

const reason = whyNoPostgres();
const [root, stranger] = [await newAuthority(), await newAuthority()];
const salt = Buffer.from("0123456789abcdef").toString("base64");

describe("The account in a database of others, beside a real PostgreSQL", function () {
  this.timeout(120_000);
  if (reason !== null) return skip(reason);

  let folder: string;
  let server: PostgresInstance;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "database-account-"));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, "server"));
    server = new PostgresInstance({ folder: join(folder, "server"), port: await freePort(), root });
    await server.start();
    server.sql(`CREATE ROLE owner LOGIN CREATEROLE PASSWORD 'o''w:ner'; CREATE ROLE reader LOGIN CREATEROLE PASSWORD 'reader';
      CREATE DATABASE links OWNER owner;`);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    for (const [name, text] of Object.entries(readPrograms("database-account.ts")))
      writeFileSync(join(folder, name), text);
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    put("username", "owner\n");
    put("password", "o'w:ner\n");
    put("verifier", scramVerifier("first", salt));
    put("ca.crt", root.certificate);
  });
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

  /** Runs the program as its pod does. */
  async function run(own: Record<string, string> = {}) {
    const env = {
      DB_HOST: "localhost",
      DB_PORT: `${server.port}`,
      DB_NAME: "links",
      DB_USER: "shlink",
      ADMIN_FOLDER: folder,
      ADMIN_SECRET_NAME: "postgres/db-admin",
      VERIFIER_FILE: join(folder, "verifier"),
      AUTHORITY_FILE: join(folder, "ca.crt"),
      ...own,
    };
    const child = spawn(podNode, [join(folder, "database-account.ts")], { env });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => (output += data.toString()));
    await once(child, "exit");
    return { code: child.exitCode, output };
  }
  const stored = () => server.sql("SELECT rolpassword FROM pg_authid WHERE rolname = 'shlink'");
  const links = (sql: string) =>
    server.run(["psql", "-At", "-U", "postgres", "-d", "links", "-c", sql]).trim();

  it("is made with the verifier, and may make tables", async () => {
    const { code, output } = await run();
    assert.equal(code, 0, output);
    assert.match(
      output,
      /^links at localhost:\d+: user shlink may make tables in schema public\n$/,
    );
    assert.equal(stored(), scramVerifier("first", salt));
    links("SET ROLE shlink; CREATE TABLE urls (id int); INSERT INTO urls VALUES (7)");
  });

  it("is taken over with another password, and with all that it has", async () => {
    put("verifier", scramVerifier("second", salt));
    for (let time = 1; time <= 2; time++) {
      const { code, output } = await run();
      assert.equal(code, 0, output);
    }
    assert.equal(stored(), scramVerifier("second", salt));
    assert.equal(links("SELECT id FROM urls"), "7");
  });

  it("is not made by a login without the right to give rights, which would only be warned", async () => {
    put("username", "reader");
    put("password", "reader");
    const { code, output } = await run({ DB_USER: "other" });
    assert.equal(code, 1);
    assert.match(
      output,
      /Secret postgres\/db-admin cannot let other make tables .*make it the owner/,
    );
  });

  it("is refused at once with a wrong login, a database that is not there, another's certificate or name", async () => {
    put("password", "wrong");
    assert.match(
      (await run()).output,
      /failed for user "owner" \(28P01\); its login is Secret postgres\/db-admin/,
    );
    put("password", "o'w:ner");
    assert.match(
      (await run({ DB_NAME: "none" })).output,
      /database "none" does not exist \(3D000\)/,
    );
    put("ca.crt", stranger.certificate);
    assert.match(
      (await run()).output,
      /self-signed certificate in certificate chain|unable to verify/,
    );
    put("ca.crt", root.certificate);
    assert.match(
      (await run({ DB_HOST: "127.0.0.1" })).output,
      /does not match certificate's altnames/,
    );
  });

  it("waits for a server that starts up, and not for one that refuses its login", async () => {
    const fatal = (code: string, message: string) => {
      const fields = ["VFATAL", `C${code}`, `M${message}`, ""].map((text) => `${text}\0`).join("");
      const head = Buffer.alloc(5);
      head.write("E");
      head.writeInt32BE(4 + fields.length, 1);
      return Buffer.concat([head, Buffer.from(fields)]);
    };
    const answers = [
      fatal("57P03", "the database system is starting up"),
      fatal("28000", "no such role"),
    ];
    const starting = createServer((socket) =>
      socket.once("data", () => socket.end(answers.shift() ?? "")),
    );
    starting.listen(0, "127.0.0.1");
    await once(starting, "listening");
    const { port } = starting.address() as { port: number };
    const { code, output } = await run({ DB_PORT: `${port}`, AUTHORITY_FILE: "" });
    starting.close();
    assert.equal(code, 1);
    assert.match(
      output,
      /^No connection yet: the database system is starting up \(57P03\)\nPostgreSQL .*: no such role \(28000\); its login is Secret postgres\/db-admin\n$/,
    );
  });

  it("is refused where the server offers no TLS, and no password leaves", async () => {
    const plain = createServer((socket) => socket.on("data", () => socket.write("N")));
    plain.listen(0, "127.0.0.1");
    await once(plain, "listening");
    const { port } = plain.address() as { port: number };
    const { code, output } = await run({ DB_PORT: `${port}` });
    plain.close();
    assert.equal(code, 1);
    assert.match(output, /the server does not offer TLS/);
  });
});
