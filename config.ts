import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { database } from "./config/database.ts";
import {
  quantity,
  mebibytes,
  dnsLabel,
  host,
  cidr,
  port,
  replicas,
  requests,
} from "./config/values.ts";

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

const vault = z.strictObject({
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
  ]),
  audit: z.discriminatedUnion("mode", [
    z.strictObject({ mode: z.literal("none") }),
    /** A log of every request on a volume of its own; a Vault that cannot write it stops answering. */
    z.strictObject({ mode: z.literal("file"), storage: quantity }),
  ]),
});

const externalSecrets = z.strictObject({
  replicas,
  requests,
  /** How often External Secrets reads Vault again, as a Go duration. */
  refreshInterval: z.string().regex(/^[0-9]+(s|m|h)$/, 'must be a duration such as "1h"'),
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

const observability = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("none") }),
  /** For a cluster whose Prometheus operator is there already. */
  z.strictObject({
    mode: z.literal("monitors"),
    /** Where the cluster's Prometheus, the prober and the collector run; nobody else reaches the metrics. */
    namespace: dnsLabel,
    /** Labels by which the cluster's Prometheus selects monitors, probes and rules. */
    labels: z.record(z.string().min(1), z.string().min(1)),
    /** The OpenTelemetry collector that takes traces. Absent: none are made. */
    tracing: z
      .strictObject({
        /** Its Service in the namespace above. */
        service: dnsLabel,
        /** Port of OTLP over gRPC, the same of the Service and of its pods. */
        port,
        /** How many requests of a hundred are traced. */
        samplingPercentage: z.number().gt(0).max(100),
      })
      .optional(),
    /** The blackbox exporter that looks at certificates. Absent: nobody does. */
    prober: z
      .strictObject({
        address: z
          .string()
          .regex(
            /^[a-z0-9.-]+:[0-9]+$/,
            'must be host:port such as "blackbox.monitoring.svc:9115"',
          ),
        /** Its module that opens a TLS connection and accepts any certificate. */
        module: z.string().min(1),
      })
      .optional(),
  }),
]);

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
  observability,
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
