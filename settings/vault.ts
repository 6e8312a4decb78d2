import { z } from "zod";
import { existingVault } from "./existing-vault.ts";
import { install } from "./parts.ts";
import { parseQuantity } from "../platform/quantity.ts";
import { cron, dnsSubdomain, internalTls, mebibytes, none, quantity, requests } from "./values.ts";

/** Bounds of ours: Vault itself takes up to 255 shares. */
const keys = {
  keyShares: z
    .int()
    .min(1)
    .max(10)
    .default(5)
    .describe("Into how many shares the unseal key, or the recovery key, is split."),
  keyThreshold: z
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe(
      "How many shares make the key whole: at most `keyShares`, and at least 2 of several.",
    ),
};
const recoveryKeys = {
  ...keys,
  pgpKeys: z
    .array(z.base64().min(1).meta({ title: "base64" }))
    .min(1)
    .describe(
      "A PGP public key in base64 for each share; Vault then hands the recovery keys out encrypted only. Default: none.",
    )
    .optional(),
};
/** It becomes part of Vault's configuration, where quotes and braces would mean something else. */
const word = z
  .string()
  .regex(/^[\w.:/@-]+$/, "must be a name without spaces, quotes or braces")
  .meta({ title: "name without spaces" });
const transitMessage = 'must be an address such as "https://vault.example.com:8200"';
const guid = z.guid().meta({ title: "GUID" });

/** Who may use the key follows from an identity of the pods: no credential is a setting. */
const seal = z
  .discriminatedUnion("mode", [
    z
      .strictObject({ mode: z.literal("shamir"), ...keys })
      .describe("The unsealer has the keys, from Secret `vault/vault-unseal-keys`."),
    z
      .strictObject({
        mode: z.literal("awskms"),
        ...recoveryKeys,
        region: word.describe("Region of the key."),
        keyId: word.describe("Name or ARN of the key."),
        roleArn: word
          .describe(
            "Role that Vault's pods take on, by IAM roles for service accounts. Default: none, for EKS Pod Identity with an " +
              "association of service account `vault`.",
          )
          .optional(),
      })
      .describe("A key of AWS KMS."),
    z
      .strictObject({
        mode: z.literal("gcpckms"),
        ...recoveryKeys,
        project: word.describe("Project of the key ring."),
        region: word.describe("Location of the key ring."),
        keyRing: word.describe("Name of the key ring."),
        cryptoKey: word.describe("Name of the key."),
        serviceAccount: word.describe(
          "Google service account of Vault's pods, by workload identity.",
        ),
      })
      .describe("A key of Google Cloud KMS."),
    z
      .strictObject({
        mode: z.literal("azurekeyvault"),
        ...recoveryKeys,
        tenantId: guid.describe("Tenant of the key vault."),
        vaultName: word.describe("Name of the key vault."),
        keyName: word.describe("Name of the key."),
        clientId: guid.describe("Application that Vault's pods act as, by workload identity."),
      })
      .describe("A key of Azure Key Vault."),
    z
      .strictObject({
        mode: z.literal("transit"),
        ...recoveryKeys,
        address: z
          .string()
          .regex(/^https:\/\/[\w.-]+(:[0-9]+)?$/, transitMessage)
          .refine((text) => URL.canParse(text), transitMessage)
          .meta({ title: "https address", examples: ["https://vault.example.com:8200"] })
          .describe("Address of the other Vault."),
        mountPath: word.describe("Path of its transit engine."),
        keyName: word.describe("Name of the key."),
        secretName: dnsSubdomain.describe(
          "Secret in namespace `vault` with the `token`, and with the `ca.crt` of the other Vault.",
        ),
      })
      .describe("A key of another Vault's transit engine."),
  ])
  .refine((settings) => settings.keyThreshold <= settings.keyShares, {
    path: ["keyThreshold"],
    message: "must not exceed vault.seal.keyShares",
  })
  .refine((settings) => settings.keyShares === 1 || settings.keyThreshold > 1, {
    path: ["keyThreshold"],
    message: "must be at least 2 when there are several key shares: Vault refuses it otherwise",
  })
  .refine(
    (settings) =>
      settings.mode === "shamir" ||
      settings.pgpKeys === undefined ||
      settings.pgpKeys.length === settings.keyShares,
    { path: ["pgpKeys"], message: "must be as many as vault.seal.keyShares" },
  );

const tls = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("plaintext") }).describe("HTTP, for a local cluster."),
  z
    .strictObject({
      mode: z.literal("secret"),
      secretName: dnsSubdomain.describe(
        "Secret in namespace `vault` with `tls.crt`, `tls.key` and `ca.crt`.",
      ),
    })
    .describe("A certificate that somebody puts into a Secret."),
  internalTls.describe("A certificate of the program's own authority, renewed by `pulumi up`."),
]);

const auditFile = z
  .strictObject({
    mode: z.literal("file"),
    storage: mebibytes.default("5Gi").describe("Size of each server's volume for the log."),
    maxSize: mebibytes
      .default("512Mi")
      .describe(
        "Size from which a log is rotated; `keep` + 2 logs of it must fit into `storage`, for a full volume stops Vault.",
      ),
    keep: z.int().min(1).max(100).default(8).describe("How many rotated logs are kept."),
  })
  .refine(
    // One more than are kept is written to, and it grows on until the reloader looks.
    ({ storage, maxSize, keep }) => (keep + 2) * parseQuantity(maxSize) <= parseQuantity(storage),
    {
      path: ["maxSize"],
      message: "must fit into vault.audit.storage (keep + 2) times: a full volume stops Vault",
    },
  );

const snapshots = z.discriminatedUnion("mode", [
  none.describe("No snapshots."),
  z
    .strictObject({
      mode: z.literal("volume"),
      schedule: cron.default("0 */6 * * *").describe("When a snapshot is taken, in UTC."),
      keep: z
        .int()
        .min(1)
        .max(1000)
        .default(28)
        .describe("How many snapshots are kept; older ones are removed."),
      storage: quantity
        .default("10Gi")
        .describe("Size of the volume; it needs room for one snapshot more."),
      storageClass: dnsSubdomain
        .describe(
          "StorageClass of the volume; the class of a bucket's CSI driver reaches a bucket. Default: `cluster.storageClass`.",
        )
        .optional(),
    })
    .describe("A CronJob copies the whole Vault, encrypted as it is, to a volume."),
]);

const installed = z
  .strictObject({
    mode: install,
    replicas: z
      .literal([1, 3, 5])
      .default(3)
      .describe("Servers; an odd number, so that the raft's votes cannot tie."),
    storage: quantity.default("10Gi").describe("Size of each server's volume."),
    requests: requests("250m", "512Mi").describe("What each server asks of the scheduler."),
    seal: seal
      .prefault({ mode: "shamir" })
      .describe("Where a server that starts gets the key to its own data."),
    raftPerformanceMultiplier: z
      .int()
      .min(1)
      .max(10)
      .default(1)
      .describe(
        "Factor of the raft's timeouts: 1, the fastest, is Vault's advice for production; 10 is the most it takes.",
      ),
    tls: tls.prefault({ mode: "internal" }).describe("Where the servers' certificate comes from."),
    audit: z
      .discriminatedUnion("mode", [
        none.describe("No log."),
        auditFile.describe(
          "Every request is logged on a volume of its own. A Vault that cannot write the log stops answering.",
        ),
      ])
      .prefault({ mode: "file" })
      .describe("The log of every request to Vault."),
    snapshots: snapshots.prefault({ mode: "volume" }).describe("Copies of Vault's data."),
  })
  .describe("This program installs it, and opens it.");

export const vault = z
  .discriminatedUnion("mode", [
    installed,
    existingVault,
    none.describe(
      "There is none, and no External Secrets: passwords go from Pulumi's state into Kubernetes Secrets. docs/which-parts.md " +
        "says what is lost.",
    ),
  ])
  .prefault({ mode: "install" })
  .describe("HashiCorp Vault, which keeps every secret.");
