import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { changed } from "./support.ts";

/** What the API server, a chart or a program in a pod would refuse later, or what could never work. */
const refused: [string, unknown, RegExp][] = [
  ["mesh.gateway.replicas", 6, /mesh\.gateway\.replicas: must be at most 5/],
  ["mesh.istiod.replicas", 9, /mesh\.istiod\.replicas: must be at most 5/],
  ["shlink.requests.memory", "2Gi", /shlink\.requests\.memory: must not exceed shlink\.memory/],
  ["redis.requests.memory", "1025Mi", /redis\.requests\.memory: must not exceed redis\.memory/],
  ["shlink.memory", "319Mi", /shlink\.memory: must be at least 320Mi/],
  ["shlink.memory", "3Gi", /shlink\.replicas: must be lower, .* 4 pods run 120 PHP workers/],
  ["shlink.memory", "4Gi", /shlink\.replicas: must be lower, .* 4 pods run 164 PHP workers/],
  ["database.storage", "0Gi", /database\.storage: must be a Kubernetes quantity above zero/],
  ["database.storage", "0.0Gi", /database\.storage: must be a Kubernetes quantity above zero/],
  ["redis.memory", "0Mi", /redis\.memory: must be whole "Mi" or "Gi"/],
  ["vault.requests.cpu", "0", /vault\.requests\.cpu: must be a Kubernetes quantity above zero/],
  ["vault.requests.cpu", 1, /vault\.requests\.cpu: must be a Kubernetes quantity .* in quotes/],
  ["vault.storage", 10, /vault\.storage: must be a Kubernetes quantity above zero in quotes/],
  ["shlink.timezone", "Mars/Olympus", /shlink\.timezone: must be a time zone of the IANA/],
  ["shlink.timezone", "europe/vienna", /shlink\.timezone: must be a time zone of the IANA/],
  ["shlink.timezone", "+02:00", /shlink\.timezone: must be a time zone of the IANA/],
  ["shlink.timezone", "", /shlink\.timezone: must be a time zone of the IANA/],
  ["routing.hosts", ["s.example.com", "s.example.com"], /routing\.hosts: must name each host once/],
  ["routing.hosts", [`${"a".repeat(64)}.example.com`], /routing\.hosts\.0: .* at most 63/],
  ["routing.hosts", [`${"a.".repeat(126)}example`], /routing\.hosts\.0: must be one full host/],
  ["routing.hosts", ["203.0.113.7"], /routing\.hosts\.0: must be one full host name/],
  ["cluster.apiServer", ["0.0.0.0/0"], /cluster\.apiServer\.0: must not be every address/],
  ["cluster.apiServer", ["10.96.0.1/32", "::/0"], /cluster\.apiServer\.1: must not be every/],
  ["vault.snapshots.schedule", "@every 1h", /schedule: must be a cron schedule/],
  ["vault.snapshots.schedule", "@reboot", /schedule: must be a cron schedule/],
  ["vault.snapshots.schedule", "0 3 * * sunday", /schedule: must be a cron schedule/],
  ["vault.snapshots.schedule", "0 3 * mon *", /schedule: must be a cron schedule/],
  ["vault.snapshots.schedule", "0 3 30 feb *", /schedule: must be a cron schedule .* that happens/],
  ["cluster.storageClass", "Fast SSD", /cluster\.storageClass: must be a DNS subdomain/],
  ["cluster.storageClass", "a".repeat(254), /cluster\.storageClass: must be a DNS subdomain/],
  ["routing.tls.credentialName", "s.example.com-", /credentialName: must be a DNS subdomain/],
  ["database.postgresVersion", 18, /postgresVersion: must be at most 17 with observability\.mode/],
];

/** What Kubernetes takes, and so do the settings. */
const accepted: [string, unknown][] = [
  ["mesh.gateway.replicas", 5],
  ["shlink.memory", "320Mi"],
  ["redis.requests.memory", "512Mi"],
  ["shlink.timezone", "Europe/Vienna"],
  ["shlink.timezone", "Asia/Calcutta"],
  ["shlink.timezone", "Etc/GMT+2"],
  ["vault.requests.cpu", "0.5"],
  ["routing.hosts", [`${"a".repeat(63)}.example.com`, "xn--bcher-kva.example"]],
  ["cluster.storageClass", "ebs.csi.example.com"],
  ["routing.tls.credentialName", "s.example.com"],
  ["database.backups.fullSchedule", "@daily"],
  ["database.backups.fullSchedule", "0 3 * JAN-mar Sun"],
  ["vault.snapshots.schedule", "@hourly"],
];

describe("Settings that only fail later", () => {
  for (const [path, value, message] of refused)
    it(`are refused at once: ${path} = ${JSON.stringify(value).slice(0, 60)}`, () => {
      const settings = changed(path, value);
      // The requests of prod would be above such a small limit, which is another fault.
      if (value === "319Mi") Object.assign(settings["shlink"] as object, { requests: small });
      assert.throws(
        () => parseSettings("Pulumi.prod.yaml", settings),
        (error: Error) => {
          assert.match(error.message, message);
          assert.equal(error.message.split("\n").length, 2, error.message);
          return true;
        },
      );
    });

  for (const [path, value] of accepted)
    it(`are not ${path} = ${JSON.stringify(value).slice(0, 60)}`, () => {
      const settings = changed(path, value);
      if (value === "320Mi") Object.assign(settings["shlink"] as object, { requests: small });
      parseSettings("Pulumi.prod.yaml", settings);
    });

  it("are not many workers behind a pool, nor PostgreSQL 18 that nobody watches", () => {
    const pooled = changed("database.pgBouncer", { mode: "session", replicas: 2 });
    Object.assign(pooled["shlink"] as object, { replicas: 9 });
    parseSettings("Pulumi.prod.yaml", pooled);
    const unwatched = changed("database.postgresVersion", 18);
    parseSettings("Pulumi.prod.yaml", { ...unwatched, observability: { mode: "none" } });
  });
});

const small = { cpu: "10m", memory: "64Mi" };
