import { z } from "zod";
import { parseQuantity } from "../platform/quantity.ts";
import { cron, dnsLabel, internalTls, mebibytes, quantity, requests } from "./values.ts";

/** Into how many keys the unseal key, or the recovery key, is split, and how many of them make it whole. */
const keys = { keyShares: z.int().min(1).max(10), keyThreshold: z.int().min(1).max(10) };
/** Recovery keys, and optionally one PGP public key in base64 for each: Vault then gives them out encrypted only. */
const recoveryKeys = {
  ...keys,
  pgpKeys: z.array(z.base64().min(1)).min(1).optional(),
};
/** It stands in Vault's configuration, where quotes and braces would say something else. */
const word = z.string().regex(/^[\w.:/@-]+$/, "must be a name without spaces, quotes or braces");

/** Who may use the key is said by an identity of the pods: no credential is a setting. */
const seal = z
  .discriminatedUnion("mode", [
    z.strictObject({ mode: z.literal("shamir"), ...keys }),
    z.strictObject({
      mode: z.literal("awskms"),
      ...recoveryKeys,
      region: word,
      keyId: word,
      roleArn: word,
    }),
    z.strictObject({
      mode: z.literal("gcpckms"),
      ...recoveryKeys,
      project: word,
      region: word,
      keyRing: word,
      cryptoKey: word,
      serviceAccount: word,
    }),
    z.strictObject({
      mode: z.literal("azurekeyvault"),
      ...recoveryKeys,
      tenantId: z.guid(),
      vaultName: word,
      keyName: word,
      clientId: z.guid(),
    }),
    z.strictObject({
      mode: z.literal("transit"),
      ...recoveryKeys,
      address: z
        .string()
        .regex(
          /^https:\/\/[\w.-]+(:[0-9]+)?$/,
          'must be an address such as "https://vault.example.com:8200"',
        ),
      mountPath: word,
      keyName: word,
      /** Secret in namespace `vault` with the token and the server's ca.crt. */
      secretName: dnsLabel,
    }),
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

/**
 * A log of every request on a volume of its own; a Vault that cannot write it stops answering. It is put aside
 * when it is larger than `maxSize`, and the last `keep` of those are kept.
 */
const auditFile = z
  .strictObject({
    mode: z.literal("file"),
    storage: mebibytes,
    maxSize: mebibytes,
    keep: z.int().min(1).max(100),
  })
  .refine(
    // One more than are kept is written to, and it grows on until somebody looks.
    ({ storage, maxSize, keep }) => (keep + 2) * parseQuantity(maxSize) <= parseQuantity(storage),
    {
      path: ["maxSize"],
      message: "must fit into vault.audit.storage (keep + 2) times: a full volume stops Vault",
    },
  );

export const vault = z.strictObject({
  replicas: z.literal([1, 3, 5]),
  storage: quantity,
  requests,
  seal,
  /** Raft timing: 1 is the fastest and right for a production machine, up to 10 for slow ones. */
  raftPerformanceMultiplier: z.int().min(1).max(10),
  tls: z.discriminatedUnion("mode", [
    z.strictObject({ mode: z.literal("plaintext") }),
    /** Secret in namespace `vault` with tls.crt, tls.key and ca.crt. */
    z.strictObject({ mode: z.literal("secret"), secretName: dnsLabel }),
    internalTls,
  ]),
  audit: z.discriminatedUnion("mode", [z.strictObject({ mode: z.literal("none") }), auditFile]),
  snapshots: z.discriminatedUnion("mode", [
    z.strictObject({ mode: z.literal("none") }),
    z.strictObject({
      mode: z.literal("volume"),
      /** When, in UTC. */
      schedule: cron,
      /** How many snapshots stay; older ones are removed. */
      keep: z.int().min(1).max(1000),
      storage: quantity,
      /** Absent: the cluster's. A bucket is a class of its CSI driver. */
      storageClass: dnsLabel.optional(),
    }),
  ]),
});
