import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { redis } from "../support/outside.ts";
import { changed } from "./support.ts";

const sentinel = { mode: "sentinel", sentinels: [{ host: "s1.example.com" }], tls: false };
const cluster = { mode: "cluster", nodes: [{ host: "10.30.0.1" }, { host: "10.30.0.2" }] };
const of = (servers: object) => ({ ...redis, servers });
const bad: [what: string, value: object, message: RegExp][] = [
  [
    "an unknown mode",
    { ...redis, mode: "valkey" },
    /redis\.mode: must be "operator" or "outside"$/m,
  ],
  ["a form that Shlink does not know", of({ mode: "ring" }), /redis\.servers\.mode: /],
  ["a short name", of({ mode: "single", host: "redis" }), /host: must be one full host name/],
  ["a name outside that says no networks", { ...redis, networks: [] }, /networks: must name/],
  ["sentinels and TLS", of({ ...sentinel, tls: true }), /tls: must be false: Shlink reaches/],
  ["sentinels without a word on TLS", of({ ...sentinel, tls: undefined }), /tls: must be false/],
  ["no sentinel", of({ ...sentinel, sentinels: [] }), /servers\.sentinels: /],
  ["a master's name that is a number", of({ ...sentinel, master: "1" }), /master: must be a word/],
  ["a cluster of one", of({ mode: "cluster", nodes: [cluster.nodes[0]] }), /nodes: must be at lea/],
  ["a password", { ...redis, password: "x" }, /redis: does not know password/],
  ["settings of the operator", { ...redis, replicas: 3 }, /redis: does not know replicas/],
];

describe("The settings of a Redis outside", () => {
  const parsed = (value: object) =>
    parseSettings("Pulumi.prod.yaml", changed("redis", value)).redis;

  for (const [what, value, message] of bad)
    it(`refuse ${what}, naming file and path`, () => {
      assert.throws(() => parsed(value), message);
    });

  it("are encrypted unless they say otherwise, at the usual ports", () => {
    const { servers } = parsed(of({ mode: "single", host: "redis.example.com" })) as typeof redis;
    assert.deepEqual(servers, { ...redis.servers, port: 6379, tls: true });
    const { servers: nodes } = parsed(of(cluster)) as typeof redis;
    assert.deepEqual(nodes, {
      ...cluster,
      nodes: cluster.nodes.map((node) => ({ ...node, port: 6379 })),
      tls: true,
    });
  });

  it("need no networks for Services of the cluster", () => {
    parsed({ mode: "outside", servers: { mode: "single", host: "redis.data.svc" } });
  });

  it("refuse updates in a cluster, in which Shlink publishes nothing", () => {
    const settings = changed("shlink.realTimeUpdates.redis", true);
    parseSettings("f", { ...settings, redis });
    assert.throws(
      () => parseSettings("f", { ...settings, redis: of(cluster) }),
      /realTimeUpdates\.redis: must be false with redis\.servers\.mode cluster/,
    );
  });

  it("are the operator's without a mode, as in every stack file of before", () => {
    assert.equal(parseSettings("f", changed("redis.mode", undefined)).redis.mode, "operator");
    assert.equal(parseSettings("f", changed("redis", undefined)).redis.mode, "operator");
  });
});
