import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { stackSettings } from "../../plan/render.ts";
import { changed } from "./support.ts";

const keys = { keyShares: 5, keyThreshold: 3 };
const aws = {
  ...keys,
  mode: "awskms",
  region: "eu-west-1",
  keyId: "alias/vault",
  roleArn: "arn:r",
};
const internal = { mode: "internal", validityDays: 30, renewBeforeDays: 10 };
const audit = { mode: "file", storage: "1Gi", maxSize: "100Mi", keep: 8 };
const transit = {
  ...keys,
  mode: "transit",
  address: "https://v",
  mountPath: "transit",
  keyName: "k",
  secretName: "s",
};
const s3 = {
  mode: "s3",
  bucket: "b",
  endpoint: "s3.example.com",
  region: "r",
  fullSchedule: "0 3 * * *",
  retention: 2,
  encrypted: true,
  credentialsSecret: "pgbackrest",
};

describe("Settings", () => {
  for (const stack of ["dev", "prod"])
    it(`of stack ${stack} are valid`, () => {
      parseSettings(`Pulumi.${stack}.yaml`, stackSettings(stack));
    });

  const bad: [string, unknown, RegExp][] = [
    ["routing.hosts", ["*"], /routing\.hosts\.0: must be one full host name/],
    ["routing.hosts", ["*.example.com"], /wildcards are refused/],
    ["routing.hosts", [], /routing\.hosts: /],
    ["routing.apiClients", ["10.0.0.0"], /routing\.apiClients\.0: must be a CIDR/],
    ["routing.tls", { mode: "certManager" }, /routing\.tls\.issuer: /],
    [
      "routing.tls",
      { mode: "certManager", issuer: { kind: "Vault", name: "v" } },
      /routing\.tls\.issuer\.kind: /,
    ],
    ["routing.trustedProxies", -1, /routing\.trustedProxies: /],
    ["routing.rateLimit", 500, /routing\.rateLimit: must be a map of names and values/],
    ["routing.rateLimit.apiWrites", 0, /routing\.rateLimit\.apiWrites: /],
    ["mesh.cni", "on", /mesh\.cni: must be true or false/],
    ["mesh.cniBinDir", "opt/cni/bin", /mesh\.cniBinDir: must be an absolute path/],
    ["mesh.cniConfDir", "/etc/cni/", /mesh\.cniConfDir: must be an absolute path/],
    [
      "mesh.gateway.service",
      {
        type: "NodePort",
        externalTrafficPolicy: "Local",
        httpNodePort: 30080,
        httpsNodePort: 30080,
      },
      /service\.httpsNodePort: must differ from httpNodePort/,
    ],
    ["vault.tls", { mode: "off" }, /vault\.tls\.mode: /],
    ["vault.tls", { mode: "secret" }, /vault\.tls\.secretName: /],
    ["vault.tls", { mode: "internal", validityDays: 30 }, /vault\.tls\.renewBeforeDays: /],
    ["vault.tls", { ...internal, validityDays: 826 }, /vault\.tls\.validityDays: .*825/],
    ["vault.tls", { ...internal, validityDays: 1.5 }, /vault\.tls\.validityDays: /],
    ["vault.tls", { ...internal, renewBeforeDays: 0 }, /vault\.tls\.renewBeforeDays: /],
    [
      "vault.tls",
      { ...internal, renewBeforeDays: 30 },
      /vault\.tls\.renewBeforeDays: must be less than validityDays/,
    ],
    ["vault.tls", { ...internal, secretName: "s" }, /vault\.tls: does not know secretName/],
    ["routing.tls", { ...internal, validityDays: 0 }, /routing\.tls\.validityDays: /],
    ["routing.tls", { ...internal, renewBeforeDays: 31 }, /routing\.tls\.renewBeforeDays: must be/],
    ["vault.audit", { mode: "socket" }, /vault\.audit\.mode: /],
    [
      "vault.audit",
      { mode: "file", storage: "much" },
      /vault\.audit\.storage: must be whole "Mi" or "Gi"/,
    ],
    ["vault.audit", { ...audit, maxSize: "1G" }, /vault\.audit\.maxSize: must be whole "Mi"/],
    ["vault.audit", { ...audit, keep: 0 }, /vault\.audit\.keep: /],
    [
      "vault.audit",
      { ...audit, keep: 9 },
      /vault\.audit\.maxSize: must fit into vault\.audit\.storage \(keep \+ 2\) times/,
    ],
    ["vault.audit", { mode: "none", storage: "5Gi" }, /vault\.audit: does not know storage/],
    ["vault.snapshots.mode", "s3", /vault\.snapshots\.mode: /],
    ["vault.snapshots.schedule", "hourly", /snapshots\.schedule: must be a cron schedule of five/],
    ["vault.snapshots.keep", 0, /vault\.snapshots\.keep: /],
    ["vault.snapshots.storage", "some", /snapshots\.storage: must be a Kubernetes quantity/],
    ["vault.snapshots.storageClass", "My Bucket", /snapshots\.storageClass: must be a DNS sub/],
    ["vault.snapshots.mode", "none", /vault\.snapshots: does not know schedule, keep, storage/],
    ["vault.replicas", 2, /vault\.replicas: /],
    ["vault.seal.mode", "pkcs11", /vault\.seal\.mode: /],
    [
      "vault.seal.keyThreshold",
      6,
      /vault\.seal\.keyThreshold: must not exceed vault\.seal\.keyShares/,
    ],
    ["vault.seal.keyThreshold", 1, /vault\.seal\.keyThreshold: must be at least 2/],
    ["vault.seal.pgpKeys", ["a2V5"], /vault\.seal: does not know pgpKeys/],
    ["vault.seal", { ...aws, roleArn: "" }, /vault\.seal\.roleArn: /],
    ["vault.seal", { ...aws, accessKey: "x" }, /vault\.seal: does not know accessKey/],
    ["vault.seal", { ...aws, keyId: 'k"' }, /vault\.seal\.keyId: must be a name without spaces/],
    ["vault.seal", { ...aws, pgpKeys: ["a2V5"] }, /vault\.seal\.pgpKeys: must be as many as/],
    ["vault.seal", { ...aws, pgpKeys: ["-----"] }, /vault\.seal\.pgpKeys\.0: /],
    ["vault.seal", { ...keys, mode: "gcpckms", project: "p" }, /vault\.seal\.keyRing: /],
    ["vault.seal", { ...keys, mode: "azurekeyvault", tenantId: "t" }, /vault\.seal\.tenantId: /],
    ["vault.seal", { ...transit, address: "http://v" }, /vault\.seal\.address: must be an address/],
    ["vault.seal", { ...transit, address: "https://v:99999" }, /seal\.address: must be an address/],
    ["vault.seal", { ...transit, token: "s.x" }, /vault\.seal: does not know token/],
    ["tunnels.postgres", 28200, /tunnels\.postgres: must differ from tunnels\.vault/],
    ["tunnels.vault", 80, /tunnels\.vault: /],
    ["shlink.memory", "lots", /shlink\.memory: must be whole "Mi" or "Gi"/],
    ["shlink.replicas", "3", /shlink\.replicas: .*number/],
    ["shlink.colour", "red", /shlink: does not know colour/],
    ["database.postgresVersion", 14, /database\.postgresVersion: /],
    ["database.instances", 1, /database\.synchronous: must be false with one instance/],
    ["database.backups", { mode: "ftp" }, /database\.backups\.mode: /],
    ["database.backups.fullSchedule", "daily", /backups\.fullSchedule: must be a cron schedule/],
    ["database.backups.incrementalSchedule", "@often", /backups\.incrementalSchedule: must be a/],
    ["database.backups.differentialSchedule", "3", /backups\.differentialSchedule: must be a/],
    ["database.backups.fullSchedule", "0 25 * * *", /backups\.fullSchedule: .*"0 3 \* \* 0"/],
    ["database.backups.fullSchedule", "0 3 30 2 *", /fullSchedule: .* that happens/],
    ["database.backups.fullSchedule", "0 3 * * 7", /fullSchedule: must be a cron schedule/],
    ["database.backups.fullSchedule", "0 3 L * *", /fullSchedule: must be a cron schedule/],
    ["database.backups.fullSchedule", "0 3 * * *\n", /fullSchedule: must be a cron schedule/],
    ["database.backups.retention", 0, /database\.backups\.retention: /],
    ["database.backups.encrypted", true, /backups\.credentialsSecret: must name the Secret/],
    ["database.backups", { ...s3, credentialsSecret: undefined }, /backups\.credentialsSecret: /],
    ["database.backups", { ...s3, endpoint: "https://s3" }, /backups\.endpoint: must be one full/],
    ["database.backups", { ...s3, key: "AKIA" }, /database\.backups: does not know key/],
    ["database.backups", { ...s3, mode: "gcs" }, /backups: does not know endpoint, region/],
    ["database.backups", { ...s3, mode: "azure" }, /backups\.container: /],
    ["database.restore", { mode: "inPlace" }, /database\.restore\.id: /],
    ["database.restore", { mode: "inPlace", id: "a b" }, /restore\.id: must be a DNS label/],
    [
      "database.restore",
      { mode: "inPlace", id: "a", target: "yesterday; reboot" },
      /restore\.target: must be a time with its zone/,
    ],
    [
      "database.restore",
      { mode: "inPlace", id: "a", target: "2999-01-01 00:00:00+00" },
      /restore\.target: must not lie in the future/,
    ],
    [
      "database.restore",
      { mode: "inPlace", id: "a", target: "2026-13-45 99:00:00+00" },
      /restore\.target: must be a time of the calendar/,
    ],
    [
      "database.restore",
      { mode: "inPlace", id: "a", target: "2026-02-30 12:00:00+00" },
      /restore\.target: must be a time of the calendar/,
    ],
    ["redis.operator", "bitnami", /redis\.operator: must be "spotahome" or "freshworks"/],
    ["redis.version", 7.2, /redis\.version: must be 7 or 8/],
    ["database.pgBouncer", { mode: "transaction" }, /database\.pgBouncer\.mode: /],
    ["cluster.apiServer", ["10.96.0.1"], /cluster\.apiServer\.0: must be a CIDR/],
    ["mesh.cni", "yes", /mesh\.cni: must be true or false/],
    [
      "cluster.mutatingAdmission",
      "v2",
      /cluster\.mutatingAdmission: must be "v1", "v1beta1" or "none"/,
    ],
    ["cluster.context", undefined, /cluster\.context: /],
    ["observability", undefined, /observability: /],
    ["observability.mode", "all", /observability\.mode: /],
    ["observability.labels", { release: "" }, /observability\.labels\.release: /],
    [
      "observability.dashboards.labels",
      {},
      /observability\.dashboards\.labels: must have the label that Grafana selects/,
    ],
    ["observability.tracing.port", 80, /observability\.tracing\.port: /],
    ["observability.tracing.samplingPercentage", 0, /observability\.tracing\.samplingPercentage: /],
    [
      "observability.prober.address",
      "exporter",
      /observability\.prober\.address: must be host:port/,
    ],
    ["observability.prober.module", "", /observability\.prober\.module: /],
  ];
  for (const [path, value, message] of bad)
    it(`refuse ${path} = ${JSON.stringify(value)}, naming file and path`, () => {
      const attempt = () => parseSettings("Pulumi.prod.yaml", changed(path, value));
      assert.throws(attempt, (error: Error) => {
        assert.match(error.message, /^Pulumi\.prod\.yaml: /);
        assert.match(error.message, message);
        return true;
      });
    });

  it("refuse a restore where there are no backups", () => {
    const settings = changed("database.backups", { mode: "none" });
    Object.assign(settings["database"] as object, { restore: { mode: "inPlace", id: "a" } });
    assert.throws(
      () => parseSettings("f", settings),
      /database\.restore: needs database\.backups: there is nothing to restore from/,
    );
  });

  it("accept certificates of the program's own authority, and an audit log that just fits", () => {
    parseSettings("f", changed("vault.tls", internal));
    parseSettings("f", changed("routing.tls", internal));
    parseSettings("f", changed("vault.audit", audit));
  });

  it("accept backups in each kind of store", () => {
    const { endpoint, region, bucket, ...rest } = s3;
    for (const backups of [
      { ...rest, endpoint, region, bucket },
      { ...rest, mode: "gcs", bucket },
      { ...rest, mode: "azure", container: "c" },
      { ...rest, mode: "volume", storage: "1Gi" },
    ])
      parseSettings("f", changed("database.backups", backups));
  });

  it("refuse an unknown key at the top, and a stack file without settings", () => {
    assert.throws(
      () => parseSettings("f", { ...stackSettings("dev"), extra: 1 }),
      /settings: does not know extra/,
    );
    assert.throws(() => parseSettings("f", undefined), /settings: /);
  });
});
