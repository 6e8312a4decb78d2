import { z } from "zod";
import { authorityIn, networks, tcpPort } from "./places.ts";
import { cron, dnsSubdomain, host, none, quantity } from "./values.ts";

const backupPlan = {
  fullSchedule: cron.default("0 3 * * *").describe("When a full backup is made."),
  differentialSchedule: cron
    .describe("When what changed since the last full backup is saved. Default: never.")
    .optional(),
  incrementalSchedule: cron
    .describe("When what changed since the last backup of any kind is saved. Default: never.")
    .optional(),
  retention: z
    .int()
    .min(1)
    .default(14)
    .describe("How many full backups are kept, each with what depends on it."),
  encrypted: z
    .boolean()
    .default(false)
    .describe(
      "Whether pgBackRest encrypts with AES-256; `credentialsSecret` then has the passphrase. It cannot be changed " +
        "for a repository that exists.",
    ),
};
const credentialsSecret = dnsSubdomain
  .describe(
    "Secret in namespace `postgres` with pgBackRest's files; docs/database.md says which. Needed with keys, and with `encrypted`. Default: none.",
  )
  .optional();

const keys = z
  .strictObject({ mode: z.literal("keys") })
  .describe("With the keys in `credentialsSecret`.");
const byKeys = { mode: "keys" } as const;

/** What the pods of servers and backups are taken for. */
const whoAsks = "As whom the pods come to the store.";

const awsIdentity = z
  .discriminatedUnion("mode", [
    keys,
    z
      .strictObject({
        mode: z.literal("role"),
        arn: z
          .string()
          .regex(/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, "must be the ARN of a role")
          .meta({ title: "ARN of a role", examples: ["arn:aws:iam::123456789012:role/backups"] })
          .describe(
            "Role of the service accounts `shlink-db-instance` and `shlink-db-pgbackrest`.",
          ),
      })
      .describe("A role for service accounts (IRSA): no key is anywhere."),
    z
      .strictObject({ mode: z.literal("podIdentity") })
      .describe("EKS Pod Identity, by associations of those two service accounts."),
  ])
  .prefault(byKeys)
  .describe(whoAsks);

const googleIdentity = z
  .discriminatedUnion("mode", [
    keys,
    z
      .strictObject({
        mode: z.literal("workloadIdentity"),
        serviceAccount: z
          .email("must be a Google service account")
          .meta({ title: "Google service account", examples: ["db@p.iam.gserviceaccount.com"] })
          .describe("Google service account that both service accounts of the pods may act as."),
      })
      .describe("GKE's Workload Identity: no key is anywhere."),
  ])
  .prefault(byKeys)
  .describe(whoAsks);

const azureIdentity = z
  .discriminatedUnion("mode", [
    keys,
    z
      .strictObject({
        mode: z.literal("managedIdentity"),
        account: z
          .string()
          .regex(/^[a-z0-9]{3,24}$/, "must be a storage account: 3 to 24 letters and digits")
          .describe("Storage account of the container."),
      })
      .describe("The managed identity of the nodes: no key is anywhere."),
  ])
  .prefault(byKeys)
  .describe(whoAsks);
/** Stores allow less, and say so: this is what can stand in an address and in pgBackRest's configuration. */
const bucket = z
  .string()
  .regex(
    /^[A-Za-z0-9]([\w.-]{0,220}[A-Za-z0-9])?$/,
    "must be a bucket's name: letters, digits, dots and dashes",
  )
  .meta({ title: "bucket's name" })
  .describe("Name of the bucket; one bucket serves one stack.");

const s3 = z
  .strictObject({
    mode: z.literal("s3"),
    bucket,
    endpoint: host.describe("Host name of the store."),
    port: tcpPort.default(443).describe("Its port, on which it speaks TLS."),
    region: z
      .string()
      .regex(/^[\w.-]+$/, "must be a region's name: letters, digits and dashes")
      .meta({ title: "region's name" })
      .describe("Region of the bucket; a store of yours takes any."),
    uriStyle: z
      .enum(["host", "path"])
      .default("host")
      .describe(
        "Whether the bucket stands in the host name or in the path, as in most stores of one's own.",
      ),
    networks: networks.describe(
      "The networks in which a private endpoint lies. With none it is at public addresses, or in its namespace where it is a " +
        "Service of the cluster, whose port has to be its pods' own.",
    ),
    authority: authorityIn("namespace `postgres`")
      .describe("Who signed the store's certificate. Default: the public authorities.")
      .optional(),
    identity: awsIdentity,
    ...backupPlan,
    credentialsSecret,
  })
  .describe("A bucket of S3, or of a store that speaks its protocol.");

interface Keyed {
  identity: { mode: string };
  encrypted: boolean;
  credentialsSecret?: string | undefined;
}

const lacksSecret = ({ identity, encrypted, credentialsSecret }: Keyed) =>
  credentialsSecret === undefined && (identity.mode === "keys" || encrypted);
const secretMissing = {
  path: ["credentialsSecret"],
  message:
    "must name the Secret with the store's keys, or with the passphrase of encrypted backups",
};

/** Where pgBackRest keeps its repository, and when it adds to it. */
export const backups = z.discriminatedUnion("mode", [
  none.describe("No backups: the volumes are the only copy."),
  z
    .strictObject({
      mode: z.literal("volume"),
      storage: quantity.describe("Size of the volume."),
      ...backupPlan,
      credentialsSecret: dnsSubdomain
        .describe(
          "Secret in namespace `postgres` with the passphrase; needed with `encrypted`. Default: none.",
        )
        .optional(),
    })
    .refine(({ encrypted, credentialsSecret }) => !encrypted || credentialsSecret !== undefined, {
      path: ["credentialsSecret"],
      message: "must name the Secret with the passphrase when backups are encrypted",
    })
    .describe("A volume in the same cluster, whose fate it shares."),
  s3.refine((store) => !lacksSecret(store), secretMissing),
  z
    .strictObject({
      mode: z.literal("gcs"),
      bucket,
      identity: googleIdentity,
      ...backupPlan,
      credentialsSecret,
    })
    .refine((store) => !lacksSecret(store), secretMissing)
    .describe("A bucket of Google Cloud Storage."),
  z
    .strictObject({
      mode: z.literal("azure"),
      container: z
        .string()
        .regex(
          /^(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
          "must be a container's name: at most 63 lower-case letters, digits and single dashes",
        )
        .meta({ title: "container's name" })
        .describe("Name of the container; one container serves one stack."),
      identity: azureIdentity,
      ...backupPlan,
      credentialsSecret,
    })
    .refine((store) => !lacksSecret(store), secretMissing)
    .describe("A container of Azure Blob Storage."),
]);
