import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Facts } from "../../../doctor/facts.ts";
import { findings } from "../../../doctor/chain.ts";
import { examine } from "../../../doctor/finding.ts";
import { seen } from "../../../doctor/observe/access.ts";
import { leftToOthers, noneOf } from "../../../doctor/observe/others.ts";
import { stackSettings } from "../../../plan/render.ts";
import { parseSettings } from "../../../settings/index.ts";
import { database, redis } from "../../support/outside.ts";
import { changed } from "../../settings/support.ts";
import { healthyFacts, snapshotOf, without } from "../support/healthy.ts";

const settings = parseSettings("f", { ...changed("database", database), redis });
/** The fixture's own stack, without what it says of its servers. */
const asServed = { ...parseSettings("f", stackSettings("dev")), ...pick(settings) };
const servers = ["postgres", "pgbouncer", "pgbackrest", "redis", "sentinel", "redis-ready"];

function pick({ database, redis }: typeof settings) {
  return { database, redis };
}

/** Deployment shlink with these variables. */
function deployed(variables: object) {
  const env = Object.entries(variables).map(([name, value]) => ({ name, value: String(value) }));
  const template = { spec: { containers: [{ name: "shlink", env }] } };
  const metadata = { name: "shlink", namespace: "shlink" };
  return [{ metadata, spec: { template } }];
}

/** A cluster in which all is well, without what is in these namespaces, and the definitions of their operators. */
function emptied(gone: string[], operators: RegExp) {
  const all = healthyFacts();
  const stays = ({ metadata }: { metadata: { name: string; namespace?: string } }) =>
    metadata.name === "postgres" || !gone.includes(metadata.namespace ?? metadata.name);
  const { pods, namespaces, networkPolicies, externalSecrets, secretStores } = all;
  return {
    ...all,
    pods: pods.filter(stays),
    namespaces: namespaces.filter(stays),
    networkPolicies: networkPolicies.filter(stays),
    externalSecrets: externalSecrets.filter(stays),
    secretStores: secretStores.filter(stays),
    definitions: all.definitions.filter((name) => !operators.test(name)),
    userSecrets: [],
  };
}

/** The same, without what the stack leaves to others. */
const facts = ({ others, outside }: Pick<Facts, "others" | "outside">) => ({
  ...emptied([...others, "postgres", "redis"], /crunchydata|spotahome/),
  others,
  outside,
  postgresClusters: [],
  redisFailovers: [],
  settings: asServed,
});

describe("What the stack leaves to others", () => {
  it("is what the stack file says, or else whom Shlink's environment names", () => {
    const bySettings = leftToOthers(settings, {});
    assert.deepEqual(bySettings.outside, servers);
    assert.deepEqual(bySettings.others, ["postgres-operator", "redis-operator", "redis"]);
    for (const redisVariables of [
      { REDIS_SERVERS_FILE: "/run/secrets/shlink/redis-servers" },
      { REDIS_SERVERS: "tcp://s1.example.com:26379" },
    ]) {
      const variables = { DB_HOST: "db.example.com", ...redisVariables };
      const deployments = seen(deployed(variables));
      assert.deepEqual(leftToOthers(undefined, { deployments }), bySettings);
    }
  });

  it("is nothing that the stack has, wherever Shlink's environment leads by now", () => {
    const { postgresClusters, redisFailovers } = healthyFacts();
    const left = leftToOthers(undefined, {
      deployments: seen(deployed({ DB_HOST: "typo.example", REDIS_SERVERS: "tcp://typo:26379" })),
      postgresClusters: seen(postgresClusters),
      redisFailovers: seen(redisFailovers),
    });
    assert.deepEqual(left.outside, []);
  });

  it("is nothing where the stack has its own, or nobody knows", () => {
    const own = {
      DB_HOST: "shlink-db-primary.postgres.svc",
      REDIS_SERVERS: "tcp://rfs-shlink-redis.redis.svc:26379",
    };
    for (const deployments of [deployed(own), deployed({}), []]) {
      const left = leftToOthers(undefined, { deployments: seen(deployments) });
      assert.deepEqual([left.outside, noneOf(left, undefined)], [[], {}]);
    }
  });

  it("is not missed, and nothing about it stays open, not even kinds that the cluster does not know", () => {
    const left = leftToOthers(settings, {});
    const unseen = ["database", "sentinel", "postgresClusters", "redisFailovers"] as const;
    const all = without(snapshotOf(facts(left)), unseen, "the cluster has no API for it");
    const { found, undecided } = examine(findings, { ...all, ...noneOf(left, undefined) });
    assert.deepEqual([found, undecided], [[], []]);
  });

  it("is no Vault and nothing that copies its secrets, where the stack file wants none", () => {
    const dev = stackSettings("dev");
    const vaultless = parseSettings("f", { ...dev, vault: { mode: "none" } });
    const left = leftToOthers(vaultless, {});
    const all = { ...emptied(left.others, /external-secrets/), ...left };
    const unseen = ["secretStores", "externalSecrets"] as const;
    const asked = without(snapshotOf({ ...all, vaultServers: [] }), unseen, "no API for it");
    const { found, undecided } = examine(findings, { ...asked, ...noneOf(left, vaultless) });
    assert.deepEqual([found, undecided], [[], []]);
  });

  it("is missed where the stack is to have its own", () => {
    const all = facts(leftToOthers(settings, {}));
    const { found } = examine(findings, snapshotOf({ ...all, others: [], outside: [] }));
    const ids = found.map(({ id }) => id);
    for (const id of ["namespace-missing", "postgres-without-primary", "redis-unavailable"])
      assert.ok(ids.includes(id), id);
  });
});
