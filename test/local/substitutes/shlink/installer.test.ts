import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend } from "../../../../local/substitutes/shlink/backend.ts";
import { noCache } from "../../../../local/substitutes/shlink/cache.ts";
import { loadConfig } from "../../../../local/substitutes/shlink/config.ts";
import type { Database, Row } from "../../../../local/substitutes/shlink/database.ts";
import {
  entrypointFlags,
  initialize,
  parseInitFlags,
} from "../../../../local/substitutes/shlink/installer.ts";
import { fileLocks } from "../../../../local/substitutes/shlink/locks.ts";

type Answer = (sql: string, values: unknown[]) => Row[];

function backend(answer: Answer, held: string[] = []): Backend {
  const open = (name: string): Database =>
    ({
      name: "shlink",
      query: (sql: string, values: unknown[] = []) =>
        Promise.resolve().then(() => answer(`${name}: ${sql}`, values)),
      transaction: (work: () => Promise<unknown>) => work(),
      withoutName: () => open("nameless"),
      close: () => Promise.resolve(),
    }) as unknown as Database;
  return {
    redis: null,
    cache: noCache,
    openDatabase: () => open("shlink"),
    locks: {
      hold: (name, ttl, work) => {
        held.push(`${name} ${ttl}`);
        return work();
      },
    },
  };
}

async function init(answer: Answer, env: Record<string, string> = {}, verbosity = 0) {
  const folder = mkdtempSync(join(tmpdir(), "shlink-init-"));
  const config = loadConfig(env);
  const held: string[] = [];
  let text = "";
  const output = { verbosity, write: (more: string) => void (text += more) };
  try {
    const flags = entrypointFlags(config);
    const code = await initialize(config, backend(answer, held), flags, folder, output);
    return { code, text, held };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const nothing: Answer = () => [];
const denied: Answer = (sql) => {
  if (sql.includes("CREATE TABLE")) throw new Error("permission denied for schema public");
  return [];
};

describe("shlink-installer init", () => {
  it("creates and migrates under one lock of ten minutes each", async () => {
    const { code, held } = await init(nothing);
    assert.equal(code, 0);
    assert.deepEqual(held, ["db:create 600", "db:migrate 600"]);
  });

  it("goes on after a failure and ends with 255", async () => {
    const { code, text } = await init(denied);
    assert.equal(code, 255);
    assert.match(
      text,
      /Error generating database\..*Error updating database\..*Generating proxies/s,
    );
  });

  it("tells why at SHELL_VERBOSITY=3 only", async () => {
    assert.ok(!(await init(denied)).text.includes("permission denied"));
    assert.match((await init(denied, {}, 3)).text, /permission denied for schema public/);
  });

  it("takes any trouble for a missing database and tries to create one", async () => {
    const asked: string[] = [];
    const { code } = await init((sql) => {
      asked.push(sql);
      throw new Error("password authentication failed");
    });
    assert.equal(code, 255);
    assert.ok(asked.includes('nameless: CREATE DATABASE "shlink"'));
  });

  it("leaves a schema alone that has one of its tables", async () => {
    const asked: string[] = [];
    await init((sql) => {
      asked.push(sql);
      return sql.includes("information_schema")
        ? [{ table_name: "visits" }, { table_name: "migrations" }]
        : [];
    });
    assert.ok(!asked.some((sql) => sql.includes("CREATE")));
  });

  it("creates the initial key hashed, but names it after itself", async () => {
    const inserted: unknown[][] = [];
    const { code } = await init(
      (sql, values) => {
        if (sql.includes("INSERT INTO api_keys")) inserted.push([...values]);
        return [];
      },
      { INITIAL_API_KEY: "my-key" },
    );
    assert.equal(code, 0);
    assert.equal(inserted.length, 1);
    assert.match(String(inserted[0]?.[0]), /^[0-9a-f]{64}$/);
    assert.equal(inserted[0]?.[1], "my-key");
  });

  it("creates no initial key when there is any other", async () => {
    let inserted = false;
    await init(
      (sql) => {
        inserted ||= sql.includes("INSERT INTO api_keys");
        return sql.includes("SELECT id FROM api_keys") ? [{ id: "1" }] : [];
      },
      { INITIAL_API_KEY: "my-key" },
    );
    assert.equal(inserted, false);
  });

  it("makes a failing key a warning and says nothing of the key itself", async () => {
    const { code, text } = await init(
      (sql) => {
        if (sql.includes("api_keys (key")) throw new Error("no");
        return [];
      },
      { INITIAL_API_KEY: "my-key" },
    );
    assert.equal(code, 0);
    assert.match(text, /Creating first API key\.\.\. Warning!/);
    assert.ok(!text.includes("my-key"));
  });

  it("understands the flags of the image's entry point", () => {
    const flags = ["init", "--no-interaction", "--clear-db-cache", "--skip-download-geolite"];
    assert.deepEqual(parseInitFlags([...flags, "--initial-api-key=a=b"]), {
      skipInitializeDb: false,
      clearDbCache: true,
      initialApiKey: "a=b",
      skipDownloadGeolite: true,
    });
    assert.equal(parseInitFlags(flags).initialApiKey, false);
    assert.equal(parseInitFlags(["--initial-api-key"]).initialApiKey, null);
  });
});

describe("file locks", () => {
  it("let one holder in at a time and outlive a dead one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "shlink-locks-"));
    try {
      const order: string[] = [];
      const locks = fileLocks(folder);
      const work = (name: string) =>
        locks.hold("db:create", 600, async () => {
          order.push(`${name} in`);
          await new Promise((resolve) => setTimeout(resolve, 30));
          order.push(`${name} out`);
        });
      await Promise.all([work("a"), work("b")]);
      assert.deepEqual(order, ["a in", "a out", "b in", "b out"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
