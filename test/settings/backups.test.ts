import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { authority } from "../support/outside.ts";
import { changed } from "./support.ts";

const s3 = { mode: "s3", bucket: "b", endpoint: "s3.example.com", region: "r" };
const credentialsSecret = "keys";
const arn = "arn:aws:iam::123456789012:role/backups";
const bad: [what: string, value: object, message: RegExp][] = [
  ["keys without their Secret", s3, /backups\.credentialsSecret: must name the Secret with/],
  [
    "encryption without its Secret",
    { ...s3, identity: { mode: "podIdentity" }, encrypted: true },
    /credentialsSecret: must name the Secret with/,
  ],
  ["a port in the endpoint", { ...s3, endpoint: "s3.example.com:9000" }, /endpoint: must be one/],
  ["a scheme in the endpoint", { ...s3, endpoint: "http://s3.example.com" }, /endpoint: must be/],
  ["another style", { ...s3, credentialsSecret, uriStyle: "dns" }, /uriStyle: /],
  ["every network", { ...s3, credentialsSecret, networks: ["::/0"] }, /networks\.0: must not/],
  ["no check of TLS", { ...s3, credentialsSecret, verifyTls: false }, /does not know verifyTls/],
  ["a role that is none", { ...s3, identity: { mode: "role", arn: "backups" } }, /arn: must be/],
  [
    "an identity of another cloud",
    { ...s3, identity: { mode: "managedIdentity", account: "links" } },
    /identity\.mode: /,
  ],
  ["a key without its Secret", { mode: "gcs", bucket: "b" }, /credentialsSecret: must name/],
  [
    "a user in place of a service account",
    { mode: "gcs", bucket: "b", identity: { mode: "workloadIdentity", serviceAccount: "me" } },
    /serviceAccount: must be a Google service account/,
  ],
  [
    "a storage account that cannot be",
    {
      mode: "azure",
      container: "c",
      identity: { mode: "managedIdentity", account: "Links-Prod" },
    },
    /account: must be a storage account/,
  ],
];

describe("The settings of backups", () => {
  const parsed = (backups: object) =>
    parseSettings("Pulumi.prod.yaml", changed("database.backups", backups));

  for (const [what, value, message] of bad)
    it(`refuse ${what}, naming file and path`, () => {
      assert.throws(() => parsed(value), message);
    });

  it("are a public store with keys unless they say otherwise", () => {
    const { database } = parsed({ ...s3, credentialsSecret });
    assert.ok(database.mode === "crunchy" && database.backups.mode === "s3");
    const { port, uriStyle, networks, identity } = database.backups;
    assert.deepEqual([port, uriStyle, networks, identity], [443, "host", [], { mode: "keys" }]);
  });

  it("need no Secret where nothing is secret", () => {
    parsed({ ...s3, identity: { mode: "role", arn } });
    parsed({
      ...s3,
      identity: { mode: "podIdentity" },
      authority: { mode: "pem", pem: authority },
    });
    const serviceAccount = "db@p.iam.gserviceaccount.com";
    parsed({ mode: "gcs", bucket: "b", identity: { mode: "workloadIdentity", serviceAccount } });
    const identity = { mode: "managedIdentity", account: "links" };
    parsed({ mode: "azure", container: "c", identity });
  });
});
