import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseOpener } from "../../../../local/substitutes/shlink/backend.ts";
import { loadConfig } from "../../../../local/substitutes/shlink/config.ts";

describe("Shlink's database settings", () => {
  it("follow a rotated file only after a worker's 250 requests", () => {
    const folder = mkdtempSync(join(tmpdir(), "shlink-rotation-"));
    try {
      const file = join(folder, "name");
      writeFileSync(file, "before");
      const env = { DB_NAME_FILE: file, WEB_WORKER_NUM: "1" };
      const open = databaseOpener(loadConfig(env), env);
      writeFileSync(file, "after");
      const names = Array.from({ length: 250 }, () => open().name);
      assert.ok(names.slice(0, 249).every((name) => name === "before"));
      assert.equal(names[249], "after");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
