import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { authority, database } from "../support/outside.ts";
import { changed } from "./support.ts";

const { tls, admin } = database;
const given = (mode: object) => ({ ...database, tls: { mode: "verified", authority: mode } });
const privateKey = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
const bad: [what: string, value: object, message: RegExp][] = [
  [
    "an unknown mode",
    { ...database, mode: "rds" },
    /database\.mode: must be "crunchy" or "outside"$/m,
  ],
  ["an address in place of a name", { ...database, host: "10.0.0.1" }, /host: must be one full/],
  ["a port that there is not", { ...database, port: 70_000 }, /database\.port: /],
  ["a name outside that says no networks", { ...database, networks: [] }, /networks: must name/],
  ["every network", { ...database, networks: ["0.0.0.0/0"] }, /networks\.0: must not be every/],
  [
    "a login elsewhere outside that says no networks",
    { ...database, host: "db.data.svc", networks: [], admin: { ...admin, host: "a.example.com" } },
    /networks: must name/,
  ],
  ["no protection of the connection", { ...database, tls: undefined }, /database\.tls: /],
  ["TLS without an authority", { ...database, tls: { mode: "verified" } }, /tls\.authority: /],
  ["no PEM", given({ mode: "pem", pem: "MIIB" }), /authority\.pem: must begin with the cert/],
  [
    "a private key before the certificate",
    given({ mode: "pem", pem: `${privateKey}${authority}` }),
    /authority\.pem: must have no private key/,
  ],
  [
    "a private key behind the certificate",
    given({ mode: "pem", pem: `${authority}${privateKey}` }),
    /authority\.pem: must have no private key/,
  ],
  ["a key in its path", given({ mode: "secret", name: "a", key: "../b" }), /key: must be a key/],
  ["no login", { ...database, admin: undefined }, /database\.admin: /],
  ["a login's password", { ...database, admin: { ...admin, password: "x" } }, /does not know pass/],
  ["a name with a quote", { ...database, name: 'a"b' }, /database\.name: must be lower-case/],
  ["PostgreSQL's own role", { ...database, user: "pg_monitor" }, /user: must not begin with pg_/],
  ["the administrator as user", { ...database, user: "postgres" }, /user: must not be postgres/],
  ["settings of PGO", { ...database, instances: 3 }, /database: does not know instances/],
  [
    "fewer connections than workers",
    { ...database, connections: 8 },
    /shlink\.replicas: must be lower, .* or database\.connections higher: .*PostgreSQL takes 8 /,
  ],
];

describe("The settings of a database outside", () => {
  const parsed = (value: object) =>
    parseSettings("Pulumi.prod.yaml", changed("database", value)).database;

  for (const [what, value, message] of bad)
    it(`refuse ${what}, naming file and path`, () => {
      assert.throws(() => parsed(value), message);
    });

  it("are a name, a login and an authority; the rest is as it mostly is", () => {
    const { port, name, user, connections } = parsed(database) as typeof database & {
      [key: string]: unknown;
    };
    assert.deepEqual([port, name, user, connections], [5432, "shlink", "shlink", 90]);
  });

  it("take an authority as a text, or from an object, whose key is mostly ca.crt", () => {
    for (const mode of ["configMap", "secret"])
      assert.deepEqual(parsed(given({ mode, name: "rds-ca" })), {
        ...(parsed(database) as object),
        tls: { mode: "verified", authority: { mode, name: "rds-ca", key: "ca.crt" } },
      });
    assert.deepEqual(tls.authority.pem, authority);
  });

  it("need no networks for a Service of the cluster", () => {
    for (const host of ["db.data.svc", "db.data.svc.cluster.local"])
      parsed({ ...database, host, networks: undefined });
  });

  it("are Crunchy's without a mode, as in every stack file of before", () => {
    const { database: own } = parseSettings("f", changed("database.mode", undefined));
    assert.equal(own.mode, "crunchy");
  });
});
