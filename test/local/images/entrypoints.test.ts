import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { put, temporaryFolder } from "./temporary.ts";

const folder = new URL("../../../local/images/entrypoints/", import.meta.url);
let programs = "";

/** Runs an entry point with programs that only say how they were called. */
function started(script: string, args: readonly string[], as = script): string {
  const text = readFileSync(new URL(script, folder), "utf8");
  const file = put(
    join(programs, as),
    text.replaceAll("/usr/lib/redis/redis-server", join(programs, "redis-server")),
    0o755,
  );
  const env = { PATH: `${programs}:${process.env["PATH"]}` };
  return execFileSync("sh", [file, ...args], { env })
    .toString()
    .trim();
}

before(() => {
  programs = temporaryFolder();
  for (const name of ["vault", "redis-server", "node"]) {
    put(join(programs, name), `#!/bin/sh\necho ${name} "$@"\n`, 0o755);
  }
});

describe("entry point of the Redis image", () => {
  const server = (...args: string[]): string => started("redis-server.sh", args);

  it("has protected mode off unless somebody asks for it, as the official image", () => {
    assert.equal(server("--port", "1"), "redis-server --port 1 --protected-mode no");
    assert.equal(server("--protected-mode", "yes"), "redis-server --protected-mode yes");
  });

  it("leaves the choice to a configuration file that makes one", () => {
    const silent = put(join(programs, "silent.conf"), "port 1\n");
    const chosen = put(join(programs, "chosen.conf"), "protected-mode yes\n");
    assert.equal(server(silent), `redis-server ${silent} --protected-mode no`);
    assert.equal(server(chosen), `redis-server ${chosen}`);
  });

  it("does not spoil a question for the version", () => {
    assert.equal(server("--version"), "redis-server --version");
  });

  it("is a sentinel under that name", () => {
    const call = started("redis-server.sh", ["s.conf"], "redis-sentinel");
    assert.equal(call, "redis-server s.conf --sentinel --protected-mode no");
  });

  it("takes a bare flag or a file for the server", () => {
    assert.equal(started("redis.sh", ["--port", "1"]), "redis-server --port 1");
    assert.equal(started("redis.sh", ["a.conf"]), "redis-server a.conf");
    assert.equal(started("redis.sh", ["echo", "x"]), "x");
  });
});

describe("entry point of the Vault image", () => {
  after(() => rmSync("/tmp/openbao.hcl", { force: true }));

  it("starts what the chart asks for, with audit devices by API as Vault has them", () => {
    const call = started("vault.sh", ["vault", "server", "-config=/tmp/storageconfig.hcl"]);
    assert.equal(call, "vault server -config=/tmp/storageconfig.hcl -config=/tmp/openbao.hcl");
  });

  it("takes a bare flag or sub-command for Vault's", () => {
    assert.equal(started("vault.sh", ["-version"]), "vault -version");
    assert.equal(
      started("vault.sh", ["server"]),
      "vault server -config=/vault/config -config=/tmp/openbao.hcl",
    );
  });
});

describe("entry point of the Node image", () => {
  it("gives flags and files to node, and runs commands", () => {
    const program = put(join(programs, "main.ts"), "");
    assert.equal(started("node.sh", ["--version"]), "node --version");
    assert.equal(started("node.sh", [program]), `node ${program}`);
    assert.equal(started("node.sh", ["echo", "x"]), "x");
  });
});
