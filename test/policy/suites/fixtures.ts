/** Compliant resources that several suites start from. */

import type { Fixture } from "../support/suite.ts";

export const DEPLOYMENT: Fixture = {
  type: "kubernetes:apps/v1:Deployment",
  name: "shlink",
  props: {
    metadata: { name: "shlink", namespace: "shlink", labels: { app: "shlink" } },
    spec: {
      replicas: 3,
      strategy: { type: "RollingUpdate" },
      selector: { matchLabels: { app: "shlink" } },
      template: {
        metadata: { labels: { app: "shlink" }, annotations: { checksum: "1" } },
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1001,
            seccompProfile: { type: "RuntimeDefault" },
          },
          topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname" }],
          containers: [
            {
              name: "shlink",
              image: "docker.io/shlinkio/shlink:4.6.0",
              env: [
                { name: "DEFAULT_DOMAIN", value: "s.example.com" },
                { name: "IS_HTTPS_ENABLED", value: "true" },
                { name: "TRUSTED_PROXIES", value: "2" },
                { name: "MEMORY_LIMIT", value: "96M" },
                { name: "DB_DRIVER", value: "postgres" },
                { name: "PGSSLMODE", value: "verify-full" },
                { name: "DB_PASSWORD_FILE", value: "/run/secrets/shlink/db-password" },
                { name: "REDIS_SENTINEL_SERVICE", value: "mymaster" },
                { name: "REDIS_SERVERS", value: "tcp://a:26379,tcp://a:26379" },
              ],
              ports: [{ containerPort: 8080 }],
              readinessProbe: { httpGet: { path: "/rest/health", port: 8080 } },
              livenessProbe: { tcpSocket: { port: 8080 } },
              resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
          volumes: [{ name: "tmp", emptyDir: {} }],
        },
      },
    },
  },
};

export const JOB: Fixture = {
  type: "kubernetes:batch/v1:Job",
  name: "migration",
  props: {
    metadata: { name: "migration", namespace: "shlink" },
    spec: {
      template: {
        metadata: { labels: { "sidecar.istio.io/inject": "false" } },
        spec: {
          serviceAccountName: "migration",
          containers: [
            {
              name: "run",
              image: "docker.io/library/node:24.21.0-slim",
              command: ["node", "/scripts/run.ts"],
              resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 1000,
                seccompProfile: { type: "RuntimeDefault" },
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
        },
      },
    },
  },
};

export const GATEWAY: Fixture = {
  type: "kubernetes:networking.istio.io/v1:Gateway",
  name: "public",
  props: {
    apiVersion: "networking.istio.io/v1",
    metadata: { name: "public", namespace: "shlink" },
    spec: {
      servers: [
        {
          port: { number: 80, protocol: "HTTP" },
          hosts: ["s.example.com"],
          tls: { httpsRedirect: true },
        },
        {
          port: { number: 443, protocol: "HTTPS" },
          hosts: ["s.example.com"],
          tls: { mode: "SIMPLE", credentialName: "cert", minProtocolVersion: "TLSV1_2" },
        },
      ],
    },
  },
};

export const INGRESS: Fixture = {
  type: "kubernetes:networking.k8s.io/v1:Ingress",
  name: "web",
  props: {
    metadata: { name: "web", namespace: "shlink" },
    spec: { rules: [{ host: "s.example.com" }], tls: [{ hosts: ["s.example.com"] }] },
  },
};

export const LISTENER: Fixture = {
  type: "kubernetes:gateway.networking.k8s.io/v1:Gateway",
  name: "edge",
  props: {
    metadata: { name: "edge", namespace: "shlink" },
    spec: {
      listeners: [
        {
          name: "https",
          protocol: "HTTPS",
          hostname: "s.example.com",
          tls: { certificateRefs: [{ name: "cert" }] },
          allowedRoutes: { namespaces: { from: "Same" } },
        },
      ],
    },
  },
};

export const VIRTUAL_SERVICE: Fixture = {
  type: "kubernetes:networking.istio.io/v1:VirtualService",
  name: "web",
  props: {
    metadata: { name: "web", namespace: "shlink" },
    spec: {
      hosts: ["s.example.com"],
      gateways: ["public"],
      http: [{ match: [{ authority: { exact: "s.example.com" } }] }],
    },
  },
};

export const DESTINATION: Fixture = {
  type: "kubernetes:networking.istio.io/v1:DestinationRule",
  name: "web",
  props: {
    metadata: { name: "web", namespace: "shlink" },
    spec: {
      host: "shlink.shlink.svc.cluster.local",
      trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } },
    },
  },
};

export const VAULT: Fixture = {
  type: "kubernetes:helm.sh/v3:Release",
  name: "vault",
  opts: { protect: true },
  props: {
    chart: "vault",
    version: "0.34.1",
    namespace: "vault",
    repositoryOpts: { repo: "https://helm.releases.hashicorp.com" },
    values: {
      global: { tlsDisable: false },
      server: {
        ha: {
          enabled: true,
          replicas: 3,
          raft: {
            enabled: true,
            config:
              'listener "tcp" {\n  tls_cert_file = "a"\n}\nstorage "raft" {\n  path = "/vault/data"\n}\n',
          },
        },
      },
    },
  },
};

export function release(chart: string, values: Record<string, unknown>): Fixture {
  return {
    type: "kubernetes:helm.sh/v3:Release",
    name: chart,
    props: { chart, version: "1.2.3", namespace: `${chart}-system`, values },
  };
}

export const POSTGRES: Fixture = {
  type: "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresCluster",
  name: "shlink-db",
  opts: { protect: true },
  props: {
    metadata: { name: "shlink-db", namespace: "postgres" },
    spec: {
      postgresVersion: 17,
      instances: [{ name: "pg", replicas: 3 }],
      users: [{ name: "shlink", databases: ["shlink"] }, { name: "postgres" }],
      backups: {
        pgbackrest: {
          global: { "repo1-retention-full": "14" },
          repos: [{ name: "repo1", schedules: { full: "0 3 * * *" } }],
        },
      },
    },
  },
};

export const REDIS: Fixture = {
  type: "kubernetes:databases.spotahome.com/v1:RedisFailover",
  name: "shlink-redis",
  props: {
    metadata: { name: "shlink-redis", namespace: "redis" },
    spec: {
      auth: { secretPath: "shlink-redis-auth" },
      redis: {
        replicas: 3,
        image: "docker.io/library/redis:7.0.15",
        customConfig: ["maxmemory 100mb"],
      },
      sentinel: { replicas: 3, image: "docker.io/library/redis:7.0.15" },
    },
  },
};

export const CONFIG_MAP: Fixture = {
  type: "kubernetes:core/v1:ConfigMap",
  name: "settings",
  props: { metadata: { name: "settings", namespace: "shlink" }, data: { "a.txt": "text" } },
};
