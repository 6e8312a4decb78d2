import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { label } from "../../../../local/substitutes/pgo/names.ts";
import { scramVerifier } from "../../../../local/substitutes/pgo/scram.ts";
import {
  selectSecrets,
  specifiedUsers,
  userSecret,
} from "../../../../local/substitutes/pgo/user-secrets.ts";
import type { PostgresUser, Secret } from "../../../../local/substitutes/pgo/types.ts";
import { clusterOf } from "./instance.ts";

const cluster = clusterOf({ postgresVersion: 15, instances: [], users: [] });
const shlink: PostgresUser = { name: "shlink", databases: ["shlink", "other"] };

const b64 = (text: string) => Buffer.from(text).toString("base64");
const value = (secret: Secret, key: string) =>
  Buffer.from(secret.data?.[key] ?? "", "base64").toString();

function found(
  name: string,
  user: string,
  created: string,
  data: Record<string, string> = {},
): Secret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      namespace: "postgres",
      creationTimestamp: created,
      labels: { [label.pguser]: user },
    },
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, b64(text)])),
  };
}

const password = "abc:/ d";
const verifier = "SCRAM-SHA-256$4096:c2FsdA==$x:y";

describe("pguser Secret content", () => {
  it("keeps both password and verifier when both are there", () => {
    const secret = userSecret(cluster, shlink, found("any", "shlink", "", { password, verifier }));
    assert.equal(value(secret, "password"), password);
    assert.equal(value(secret, "verifier"), verifier);
  });

  it("keeps an old verifier beside a changed password, so PostgreSQL never learns of it", () => {
    const secret = userSecret(
      cluster,
      shlink,
      found("any", "shlink", "", { password: "new", verifier }),
    );
    assert.equal(value(secret, "verifier"), verifier);
  });

  it("makes a verifier with a fresh salt each time it is missing", () => {
    const existing = found("any", "shlink", "", { password, verifier: "" });
    const first = value(userSecret(cluster, shlink, existing), "verifier");
    assert.match(first, /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[^:]{44}:[^:]{44}$/);
    assert.notEqual(first, value(userSecret(cluster, shlink, existing), "verifier"));
  });

  it("makes a new password without one and throws the stale verifier away", () => {
    const secret = userSecret(
      cluster,
      shlink,
      found("any", "shlink", "", { password: "", verifier }),
    );
    assert.equal(value(secret, "password").length, 24);
    assert.notEqual(value(secret, "verifier"), verifier);
  });

  it("keeps to letters and digits when the user asks for it", () => {
    const user: PostgresUser = { ...shlink, password: { type: "AlphaNumeric" } };
    const made = Array.from({ length: 20 }, () =>
      value(userSecret(cluster, user, undefined), "password"),
    );
    assert.ok(made.every((text) => /^[A-Za-z0-9]{24}$/.test(text)));
  });

  it("names host, port, user and, with a database, dbname and both escaped URIs", () => {
    const secret = userSecret(cluster, shlink, found("any", "shlink", "", { password, verifier }));
    assert.equal(secret.metadata.name, "shlink-db-pguser-shlink");
    assert.equal(value(secret, "host"), "shlink-db-primary.postgres.svc");
    assert.equal(value(secret, "port"), "5432");
    assert.equal(value(secret, "dbname"), "shlink");
    assert.equal(
      value(secret, "uri"),
      "postgresql://shlink:abc%3A%2F%20d@shlink-db-primary.postgres.svc:5432/shlink",
    );
    assert.equal(
      value(secret, "jdbc-uri"),
      "jdbc:postgresql://shlink-db-primary.postgres.svc:5432/shlink?password=abc%3A%2F+d&user=shlink",
    );
  });

  it("has no dbname nor URI without a database", () => {
    const secret = userSecret(cluster, { name: "postgres" }, undefined);
    assert.deepEqual(Object.keys(secret.data ?? {}), [
      "host",
      "port",
      "user",
      "password",
      "verifier",
    ]);
  });

  it("carries PGO's three labels and is controlled by the cluster", () => {
    const { metadata } = userSecret(cluster, shlink, undefined);
    assert.equal(metadata.labels?.[label.cluster], "shlink-db");
    assert.equal(metadata.labels?.[label.role], "pguser");
    assert.equal(metadata.labels?.[label.pguser], "shlink");
    assert.equal(metadata.ownerReferences?.[0]?.controller, true);
    assert.equal(metadata.ownerReferences?.[0]?.uid, "uid-1");
  });
});

describe("pguser Secret selection", () => {
  const select = (...secrets: Secret[]) =>
    selectSecrets(secrets, [shlink], "shlink-db-pguser").byUser.get("shlink")?.metadata.name;

  it("goes by label, whatever the name", () => {
    assert.equal(select(found("anything", "shlink", "2026-01-01T00:00:00Z")), "anything");
  });

  it("prefers a name with pguser over an older one without", () => {
    const plain = found("a-secret", "shlink", "2020-01-01T00:00:00Z");
    const named = found("shlink-db-pguser-shlink", "shlink", "2026-01-01T00:00:00Z");
    assert.equal(select(named, plain), "shlink-db-pguser-shlink");
    assert.equal(select(plain, named), "shlink-db-pguser-shlink");
  });

  it("takes the oldest of several with pguser in the name", () => {
    const old = found("b-pguser", "shlink", "2020-01-01T00:00:00Z");
    const young = found("a-pguser", "shlink", "2026-01-01T00:00:00Z");
    assert.equal(select(old, young), "b-pguser");
    assert.equal(select(young, old), "b-pguser");
  });

  it("takes the last name of several made in the same second", () => {
    const at = "2026-01-01T00:00:00Z";
    assert.equal(
      select(found("b-pguser", "shlink", at), found("a-pguser", "shlink", at)),
      "b-pguser",
    );
  });

  it("reads the old default Secret only when nothing else is there", () => {
    const old = found("shlink-db-pguser", "shlink", "2020-01-01T00:00:00Z");
    const current = found("shlink-db-pguser-shlink", "shlink", "2026-01-01T00:00:00Z");
    assert.equal(select(old), "shlink-db-pguser");
    assert.equal(select(old, current), "shlink-db-pguser-shlink");
  });

  it("lists Secrets of users that are no longer wanted", () => {
    const gone = found("shlink-db-pguser-gone", "gone", "2026-01-01T00:00:00Z");
    const { unwanted } = selectSecrets([gone], [shlink], "");
    assert.deepEqual(unwanted, [gone]);
  });
});

describe("pgo users", () => {
  it("are one user and database named like the cluster when the list is absent", () => {
    const unspecified = { ...cluster, spec: { ...cluster.spec, users: undefined } };
    assert.deepEqual(specifiedUsers(unspecified), [
      { name: "shlink-db", databases: ["shlink-db"] },
    ]);
  });

  it("are none when the list is empty", () => {
    assert.deepEqual(specifiedUsers(cluster), []);
  });
});

describe("SCRAM verifier", () => {
  it("matches the value PostgreSQL stores for a known password and salt", () => {
    // RFC 7677's example: user "user", password "pencil".
    const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
    assert.equal(
      scramVerifier("pencil", salt),
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });
});
