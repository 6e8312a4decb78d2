import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

const quantity = z
  .string()
  .regex(
    /^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
    'must be a Kubernetes quantity such as "512Mi"',
  );
const mebibytes = z
  .string()
  .regex(/^[0-9]+(Mi|Gi)$/, 'must be whole "Mi" or "Gi", such as "512Mi"');
const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be a DNS label: lower-case letters, digits, dashes",
  );
/** A wildcard would publish the shortener under every name that reaches the gateway. */
const host = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/,
    'must be one full host name such as "s.example.com"; wildcards are refused',
  );
const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: 'must be a CIDR such as "10.0.0.0/8"' });
const port = z.int().min(1024).max(65535);
const replicas = z.int().min(1).max(9);

/** What a container asks of the scheduler. */
const requests = z.strictObject({ cpu: quantity, memory: quantity });

const cluster = z.strictObject({
  /** The kubeconfig context this stack belongs to; the program refuses any other. */
  context: z.string().min(1),
  /** StorageClass of every volume. */
  storageClass: dnsLabel,
  /** Networks of the API server: its Service's address, and the addresses behind it. */
  apiServer: z.array(cidr).min(1),
  /**
   * API version in which the cluster has MutatingAdmissionPolicy: `v1` from Kubernetes 1.36 on. It keeps the
   * Redis password out of the operator's ConfigMap; with `none` it stands there in clear.
   */
  mutatingAdmission: z.enum(["v1", "v1beta1", "none"]),
});

const charts = z.strictObject({
  /** Folder with `<name>-<version>.tgz` files, or an `oci://` prefix. Absent: the upstream repositories. */
  mirror: z.string().min(1).optional(),
});

const tunnels = z
  .strictObject({
    /** Loopback port on which the program reaches Vault. */
    vault: port,
    /** Loopback port on which the program reaches PostgreSQL. */
    postgres: port,
  })
  .refine((tunnel) => tunnel.vault !== tunnel.postgres, {
    path: ["postgres"],
    message: "must differ from tunnels.vault",
  });

const nodePort = z.int().min(30000).max(32767);
/** `Local` keeps the client's address, and takes traffic only at nodes where a gateway runs. */
const externalTrafficPolicy = z.literal(["Local", "Cluster"]);
const service = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("LoadBalancer"), externalTrafficPolicy }),
  z.strictObject({ type: z.literal("ClusterIP") }),
  z
    .strictObject({
      type: z.literal("NodePort"),
      externalTrafficPolicy,
      /** Node port of the gateway's HTTP listener. */
      httpNodePort: nodePort,
      /** Node port of its HTTPS listener. Absent: Kubernetes chooses one. */
      httpsNodePort: nodePort.optional(),
    })
    .refine((ports) => ports.httpNodePort !== ports.httpsNodePort, {
      path: ["httpsNodePort"],
      message: "must differ from httpNodePort",
    }),
]);

const folder = z
  .string()
  .regex(/^(\/[^/\s]+)+$/, 'must be an absolute path such as "/opt/cni/bin"');

const mesh = z.strictObject({
  istiod: z.strictObject({ replicas, requests }),
  gateway: z.strictObject({ replicas, requests, service }),
  /** Redirect pods' traffic by a node agent, not by init containers with NET_ADMIN, which `restricted` refuses. */
  cni: z.boolean(),
  /** Where the nodes' container runtime has its network plugins: GKE and k3s have other folders than most. */
  cniBinDir: folder,
  /** Where it has their configuration. */
  cniConfDir: folder,
});

const vault = z
  .strictObject({
    replicas: z.literal([1, 3, 5]),
    storage: quantity,
    requests,
    /** Shamir's scheme: into how many keys the unseal key is split, and how many open it. */
    keyShares: z.int().min(1).max(10),
    keyThreshold: z.int().min(1).max(10),
    /** Raft timing: 1 is the fastest and right for a production machine, up to 10 for slow ones. */
    raftPerformanceMultiplier: z.int().min(1).max(10),
    tls: z.discriminatedUnion("mode", [
      z.strictObject({ mode: z.literal("plaintext") }),
      /** Secret in namespace `vault` with tls.crt, tls.key and ca.crt. */
      z.strictObject({ mode: z.literal("secret"), secretName: dnsLabel }),
    ]),
  })
  .refine((settings) => settings.keyThreshold <= settings.keyShares, {
    path: ["keyThreshold"],
    message: "must not exceed vault.keyShares",
  })
  .refine((settings) => settings.keyShares === 1 || settings.keyThreshold > 1, {
    path: ["keyThreshold"],
    message: "must be at least 2 when there are several key shares: Vault refuses it otherwise",
  });

const externalSecrets = z.strictObject({
  replicas,
  requests,
  /** How often External Secrets reads Vault again, as a Go duration. */
  refreshInterval: z.string().regex(/^[0-9]+(s|m|h)$/, 'must be a duration such as "1h"'),
});

const cron = z
  .string()
  .regex(/^\S+( \S+){4}$/, 'must be a cron schedule of five fields such as "0 3 * * *"');
const backupPlan = {
  fullSchedule: cron,
  /** Since the last full backup; absent: none. */
  differentialSchedule: cron.optional(),
  /** Since the last backup of any kind; absent: none. */
  incrementalSchedule: cron.optional(),
  /** How many full backups are kept. */
  retention: z.int().min(1),
  /** AES-256 by pgBackRest; the passphrase is in the credentials. It cannot be changed for a repository. */
  encrypted: z.boolean(),
};
/** Secret in namespace `postgres` with pgBackRest's files; docs/database.md says which. */
const credentialsSecret = dnsLabel;
const backups = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("none") }),
  z
    .strictObject({
      mode: z.literal("volume"),
      storage: quantity,
      ...backupPlan,
      credentialsSecret: credentialsSecret.optional(),
    })
    .refine(({ encrypted, credentialsSecret }) => !encrypted || credentialsSecret !== undefined, {
      path: ["credentialsSecret"],
      message: "must name the Secret with the passphrase when backups are encrypted",
    }),
  z.strictObject({
    mode: z.literal("s3"),
    bucket: z.string().min(1),
    /** Public host name of the store; it is reached on port 443. */
    endpoint: host,
    region: z.string().min(1),
    ...backupPlan,
    credentialsSecret,
  }),
  z.strictObject({
    mode: z.literal("gcs"),
    bucket: z.string().min(1),
    ...backupPlan,
    credentialsSecret,
  }),
  z.strictObject({
    mode: z.literal("azure"),
    container: z.string().min(1),
    ...backupPlan,
    credentialsSecret,
  }),
]);

const database = z
  .strictObject({
    /** Major version; Crunchy PGO 6 ships images for 15 to 18. */
    postgresVersion: z.int().min(15).max(18),
    instances: replicas,
    storage: quantity,
    requests,
    /** A commit waits until a replica has it too: a failover loses none. */
    synchronous: z.boolean(),
    backups,
    /** A restore replaces what the servers have; each `id` happens once. */
    restore: z.discriminatedUnion("mode", [
      z.strictObject({ mode: z.literal("none") }),
      z.strictObject({
        mode: z.literal("inPlace"),
        id: dnsLabel,
        /** Point in time; absent: the end of the archive. */
        target: z
          .string()
          .regex(
            /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?[+-]\d{2}(:\d{2})?$/,
            'must be a time with its zone such as "2026-01-31 12:00:00+00"',
          )
          .optional(),
      }),
    ]),
    /** A pool of connections between Shlink and the primary. */
    pgBouncer: z.discriminatedUnion("mode", [
      z.strictObject({ mode: z.literal("none") }),
      z.strictObject({ mode: z.literal("session"), replicas }),
    ]),
  })
  .refine(({ synchronous, instances }) => !synchronous || instances > 1, {
    path: ["synchronous"],
    message: "must be false with one instance: there is no replica to wait for",
  })
  .refine(({ restore, backups }) => restore.mode === "none" || backups.mode !== "none", {
    path: ["restore"],
    message: "needs database.backups: there is nothing to restore from",
  });

const redis = z.strictObject({
  /** Spotahome's operator, unchanged since 2023, or Freshworks' fork of it. */
  operator: z.enum(["spotahome", "freshworks"]),
  replicas,
  sentinels: z.literal([1, 3, 5]),
  requests,
  /** Memory of one Redis; the data may use three quarters of it. */
  memory: mebibytes,
});

const shlink = z.strictObject({
  replicas,
  requests,
  /** Memory limit of one pod; the numbers of PHP workers follow from it. */
  memory: mebibytes,
  timezone: z.string().min(1),
  /** Fetch the titles of links' targets; Shlink may then call any host, else only its database and Redis. */
  resolveTitles: z.boolean(),
});

const perSecond = z.int().min(1);

const routing = z.strictObject({
  /** Public host names; the first is the default domain of new links. */
  hosts: z.array(host).min(1),
  tls: z.discriminatedUnion("mode", [
    z.strictObject({ mode: z.literal("plaintext") }),
    /** Secret in namespace `istio-ingress` with tls.crt and tls.key. */
    z.strictObject({ mode: z.literal("secret"), credentialName: dnsLabel }),
    /** A certificate of the cluster's cert-manager; an issuer of kind `Issuer` is in namespace `istio-ingress`. */
    z.strictObject({
      mode: z.literal("certManager"),
      issuer: z.strictObject({ kind: z.literal(["Issuer", "ClusterIssuer"]), name: dnsLabel }),
    }),
  ]),
  /** Proxies in front of the gateway that append to X-Forwarded-For; a balancer of connections is none. */
  trustedProxies: z.int().min(0).max(10),
  /** Requests per second that one gateway pod lets through, by kind. */
  rateLimit: z.strictObject({ redirects: perSecond, apiReads: perSecond, apiWrites: perSecond }),
  /** Client networks that may call the REST API. Absent: any, guarded by the API key alone. */
  apiClients: z.array(cidr).min(1).optional(),
});

const Schema = z.strictObject({
  cluster,
  charts,
  tunnels,
  mesh,
  vault,
  externalSecrets,
  database,
  redis,
  shlink,
  routing,
  /** Refuse at run time what the policy pack refuses at preview. */
  admissionPolicies: z.boolean(),
  /** Protect what holds data from deletion by `pulumi destroy`. */
  protectData: z.boolean(),
});

/** Everything in which two stacks can differ. */
export type Settings = z.infer<typeof Schema>;

/**
 * Checks the settings of one stack file. Pure, so that each rule is tested without an engine.
 * @throws pulumi.RunError naming the file, the path and what was expected.
 */
export function parseSettings(file: string, raw: unknown): Settings {
  const parsed = Schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${pathOf(issue)}: ${expectation(issue)}`);
  throw new pulumi.RunError(
    `${file}: shlink-platform:settings is not valid:\n${faults.join("\n")}`,
  );
}

function pathOf(issue: z.core.$ZodIssue): string {
  return issue.path.length === 0 ? "settings" : issue.path.join(".");
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys")
    return `does not know ${issue.keys.join(", ")}; remove or correct it`;
  return issue.message;
}

/** Reads the settings of the stack that the engine runs; the only reader of `pulumi.Config`. */
export function loadSettings(): Settings {
  return parseSettings(
    `Pulumi.${pulumi.getStack()}.yaml`,
    new pulumi.Config().getObject("settings"),
  );
}
