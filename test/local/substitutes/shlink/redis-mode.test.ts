import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { parseServer, redisMode } from "../../../../local/substitutes/shlink/redis-mode.ts";

const settings = { sentinelService: null, username: null, password: null };
const sentinel = { ...settings, sentinelService: "mymaster" };

describe("Shlink's way to Redis", () => {
  it("ignores the sentinel service when there is one server", () => {
    const mode = redisMode({ ...sentinel, servers: "tcp://rfs:26379", password: "secret" });
    assert.deepEqual(mode, { kind: "single", server: { host: "rfs", port: 26379, tls: false } });
  });

  it("asks the sentinels as soon as the same server is listed twice", () => {
    const mode = redisMode({ ...sentinel, servers: "tcp://rfs:26379, tcp://rfs:26379" });
    assert.equal(mode.kind, "sentinel");
    assert.ok(
      mode.kind === "sentinel" && mode.service === "mymaster" && mode.sentinels.length === 2,
    );
  });

  it("takes several servers without a service for a cluster", () => {
    assert.equal(redisMode({ ...settings, servers: "tcp://a:6379,tcp://b:6379" }).kind, "cluster");
  });

  it("counts what follows a trailing comma as a second server on 127.0.0.1", () => {
    const mode = redisMode({ ...sentinel, servers: "rfs:26379," });
    assert.ok(mode.kind === "sentinel");
    assert.deepEqual(mode.sentinels[1], { host: "127.0.0.1", port: 6379, tls: false });
  });

  it("gives the separate credentials to the data nodes in sentinel mode only", () => {
    const servers = "a:1,b:2";
    const mode = redisMode({ ...sentinel, servers, username: "u", password: "p" });
    assert.ok(mode.kind === "sentinel" && mode.username === "u" && mode.password === "p");
    const without = redisMode({ ...sentinel, servers, username: "u" });
    assert.ok(without.kind === "sentinel" && without.username === undefined);
  });

  it("keeps an empty service apart from none", () => {
    const mode = redisMode({ ...settings, sentinelService: "", servers: "a:1,b:2" });
    assert.equal(mode.kind, "sentinel");
  });

  it("decodes credentials in the address", () => {
    const { username, password } = parseServer("tcp://me:s3cr%3Aet%40pw@redis:6380/3");
    assert.equal(username, "me");
    assert.equal(password, "s3cr:et@pw");
    assert.equal(parseServer("tcp://:pw@redis:6379").username, undefined);
  });

  it("takes a host name alone for a path, as PHP does", () => {
    assert.equal(parseServer("redis").host, "127.0.0.1");
    assert.equal(parseServer("redis:6379").host, "redis");
  });
});
