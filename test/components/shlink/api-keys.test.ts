import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { WantedKey } from "../../../incluster/api-keys.ts";
import { flowsFor } from "../../../platform/flows.ts";
import { component, synth, type Synthesis } from "../../support/synth.ts";
import { outside } from "../../support/outside.ts";
import { violations } from "../../support/violations.ts";

const job = "kubernetes:batch/v1:Job::shlink-api-keys";
const servers = "kubernetes:apps/v1:Deployment::shlink";
const synced = "kubernetes:external-secrets.io/v1:ExternalSecret::shlink-secrets";
const apiKeys = {
  reporting: { expires: "2027-01-31", orphanVisits: false },
  shop: { ownLinks: true, domain: "shop.example.com" },
};

type Pod = { containers: { env: { name: string; value: string }[] }[]; volumes: object[] };
const podOf = (stack: Synthesis) => stack.input(job, "spec", "template", "spec") as Pod;
const envOf = (stack: Synthesis) =>
  Object.fromEntries(
    (podOf(stack).containers[0]?.env ?? []).map(({ name, value }) => [name, value]),
  );

describe("API keys of the stack file", () => {
  let plain: Synthesis;
  let none: Synthesis;
  let keyed: Synthesis;
  before(async () => {
    plain = await synth("prod");
    none = await synth("prod", { shlink: { apiKeys: {} } });
    keyed = await synth("prod", { shlink: { apiKeys } });
  });
  const valueOf = (name: string) => `random:index/randomPassword:RandomPassword::api-key-${name}`;

  it("have no Job, no ConfigMap and no connection where the stack file says nothing of them", () => {
    assert.deepEqual(
      plain.registrations.filter(({ name }) => /api-keys/.test(name)),
      [],
    );
    assert.ok(plain.has("api-key"));
  });

  it("have each a value of its own, in Vault and in Shlink's Secret", () => {
    const added = keyed
      .children(component("Shlink", "shlink"))
      .filter((key) => !plain.children(component("Shlink", "shlink")).includes(key));
    assert.deepEqual(added, [
      job,
      "kubernetes:core/v1:ConfigMap::shlink-api-keys-scripts",
      valueOf("reporting"),
      valueOf("shop"),
      component("VaultSecret", "shlink-api-key-reporting"),
      component("VaultSecret", "shlink-api-key-shop"),
    ]);
    assert.equal(
      keyed.input("vault:kv/secretV2:SecretV2::shlink-api-key-shop", "name"),
      "shlink/api-keys/shop",
    );
    const data = keyed.input(synced, "spec", "data") as { secretKey: string; remoteRef: object }[];
    assert.deepEqual(data.find(({ secretKey }) => secretKey === "api-key-shop")?.remoteRef, {
      key: "shlink/api-keys/shop",
      property: "key",
    });
  });

  it("are told to the Job as hashes, with the roles that the settings mean", () => {
    const { API_KEYS = "{}", ...env } = envOf(keyed);
    const wanted = JSON.parse(API_KEYS) as Record<string, WantedKey>;
    const { reporting, shop } = wanted;
    assert.deepEqual(Object.keys(wanted), ["reporting", "shop"]);
    assert.match(shop?.hash ?? "", /^[0-9a-f]{64}$/);
    assert.deepEqual(reporting?.roles, ["NO_ORPHAN_VISITS"]);
    assert.equal(reporting.expires, "2027-01-31");
    assert.deepEqual(shop?.roles, ["AUTHORED_SHORT_URLS", "DOMAIN_SPECIFIC"]);
    assert.equal(shop.domain, "shop.example.com");
    assert.deepEqual(env, {
      DB_HOST: "shlink-db-primary.postgres.svc",
      DB_PORT: "5432",
      DB_NAME: "shlink",
      DB_USER: "shlink",
      DB_PASSWORD_FILE: "/run/secrets/shlink/db-password",
      AUTHORITY_FILE: "/run/config/postgres/ca.crt",
    });
    assert.equal(envOf(none)["API_KEYS"], "{}");
  });

  it("are written once the tables are there, by a pod that sees the database's password and no other", () => {
    assert.deepEqual(keyed.resource(job).dependsOn, ["kubernetes:batch/v1:Job::shlink-migration"]);
    const [, login] = podOf(keyed).volumes;
    assert.deepEqual(login, {
      name: "login",
      secret: {
        secretName: "shlink-secrets",
        defaultMode: 0o440,
        items: [{ key: "db-password", path: "db-password" }],
      },
    });
    const metadata = ["spec", "template", "metadata", "labels"];
    assert.deepEqual(keyed.input(job, ...metadata), {
      app: "shlink-api-keys",
      "sidecar.istio.io/inject": "false",
    });
  });

  it("do not start Shlink's pods anew", () => {
    const metadata = ["spec", "template", "metadata"];
    assert.deepEqual(keyed.input(servers, ...metadata), plain.input(servers, ...metadata));
  });

  it("are written with the login of the rotation that is valid, and into a database of others", async () => {
    const rotated = await synth("prod", { shlink: { apiKeys }, database: { rotation: 2 } });
    const { DB_USER, DB_USER_FILE } = envOf(rotated);
    assert.deepEqual([DB_USER, DB_USER_FILE], [undefined, "/run/secrets/shlink/db-user"]);
    assert.match(JSON.stringify(podOf(rotated).volumes), /"key":"db-user"/);
    const theirs = await synth("prod", { ...outside("prod"), shlink: { apiKeys } });
    assert.notEqual(envOf(theirs)["DB_HOST"], envOf(keyed)["DB_HOST"]);
  });

  it("break no policy", async () => {
    assert.deepEqual(await violations({ shlink: { apiKeys } }), []);
  });

  it("open the way to the database alone, and only where there is the Job", () => {
    const options = {
      ...{
        apiServerPorts: [443],
        cni: false,
        resolveTitles: false,
        services: [],
        webClient: false,
      },
      ...{ backupPlaces: [], sealPorts: [], snapshots: false, http01: false },
    };
    const to = (apiKeys: boolean, pooled: boolean) =>
      flowsFor({ ...options, apiKeys, pooled })
        .filter(({ from }) => from.includes("shlink-api-keys"))
        .flatMap((flow) => flow.to);
    assert.deepEqual(to(false, false), []);
    assert.deepEqual(to(true, false), ["postgres"]);
    assert.deepEqual(to(true, true), ["pgbouncer"]);
  });
});
