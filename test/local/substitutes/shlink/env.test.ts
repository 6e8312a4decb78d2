import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../../../local/substitutes/shlink/config.ts";
import { parseEnvVar, readVariable } from "../../../../local/substitutes/shlink/env.ts";

describe("Shlink's environment", () => {
  let folder: string;
  const file = (content: string) => {
    const path = join(folder, "value");
    writeFileSync(path, content);
    return path;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "shlink-env-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("turns whatever looks like a number into one, so that such a password breaks", () => {
    assert.equal(parseEnvVar("0123"), 123);
    assert.equal(parseEnvVar("1e5"), 100000);
    assert.equal(parseEnvVar("12.9"), 12);
    assert.equal(parseEnvVar("12a"), "12a");
    assert.equal(loadConfig({ DB_PASSWORD: "0123" }).database.password, "123");
  });

  it("trims values and knows a few words", () => {
    assert.equal(parseEnvVar("  text \n"), "text");
    assert.equal(parseEnvVar("TRUE"), true);
    assert.equal(parseEnvVar("(false)"), false);
    assert.equal(parseEnvVar("empty"), "");
    assert.equal(parseEnvVar("null"), null);
  });

  it("reads a file named by the _FILE variable, and casts that too", () => {
    assert.equal(readVariable({ DB_PASSWORD_FILE: file("secret\n") }, "DB_PASSWORD"), "secret");
    assert.equal(readVariable({ DB_PASSWORD_FILE: file("42") }, "DB_PASSWORD"), 42);
  });

  it("prefers the variable to its file, unless the variable says null", () => {
    const path = file("from-file");
    assert.equal(readVariable({ DB_USER: "own", DB_USER_FILE: path }, "DB_USER"), "own");
    assert.equal(readVariable({ DB_USER: "", DB_USER_FILE: path }, "DB_USER"), "");
    assert.equal(readVariable({ DB_USER: "null", DB_USER_FILE: path }, "DB_USER"), "from-file");
  });

  it("passes over a file that is not there", () => {
    assert.equal(readVariable({ DB_NAME_FILE: join(folder, "none") }, "DB_NAME"), "shlink");
  });

  it("uses Redis when REDIS_SERVERS comes from a file as well", () => {
    assert.equal(loadConfig({}).redis, null);
    assert.equal(loadConfig({ REDIS_SERVERS_FILE: file("tcp://r:1") }).redis?.servers, "tcp://r:1");
  });

  it("takes the PostgreSQL port when that is the driver", () => {
    assert.equal(loadConfig({ DB_DRIVER: "postgres" }).database.port, 5432);
    assert.equal(loadConfig({}).database.port, 3306);
  });

  it("leaves worker numbers to RoadRunner, which wants digits", () => {
    assert.equal(loadConfig({ WEB_WORKER_NUM: "3" }).webWorkers, 3);
    assert.throws(() => loadConfig({ WEB_WORKER_NUM: "many" }), /WEB_WORKER_NUM is "many"/);
    assert.throws(() => loadConfig({ TASK_WORKER_NUM: "-1" }), /TASK_WORKER_NUM/);
  });

  it("skips the location database without a licence key", () => {
    assert.equal(loadConfig({}).skipGeoliteDownload, true);
    assert.equal(loadConfig({ GEOLITE_LICENSE_KEY: "k" }).skipGeoliteDownload, false);
    const skip = { GEOLITE_LICENSE_KEY: "k", SKIP_INITIAL_GEOLITE_DOWNLOAD: "true" };
    assert.equal(loadConfig(skip).skipGeoliteDownload, true);
  });
});
