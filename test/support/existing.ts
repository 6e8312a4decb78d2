import type { PartName } from "../../platform/parts.ts";
import { authority } from "./outside.ts";
import type { Change } from "./synth.ts";

const installedKeys = [
  ...["replicas", "storage", "requests", "seal", "raftPerformanceMultiplier", "tls", "audit"],
  "snapshots",
];
const gone = Object.fromEntries(installedKeys.map((key) => [key, undefined]));

const existingVault = {
  ...gone,
  mode: "existing",
  address: "https://vault.example.com",
  authority,
  namespace: "team/web",
  prefix: "links",
  login: { mode: "jwt", path: "jwt/github", file: ".run/jwt" },
};

/** Settings that take a part from the cluster, to lay over those of a stack. */
const changes: Record<PartName, Change> = {
  vault: { vault: existingVault },
  mesh: {
    mesh: {
      mode: "existing",
      istiod: undefined,
      revision: "stable",
      namespace: "mesh",
      trustDomain: "corp.example",
      gateway: {
        replicas: undefined,
        requests: undefined,
        service: undefined,
        namespace: "gw",
        pods: { gateway: "public" },
        account: "public-gateway",
      },
    },
    observability: { tracing: undefined },
  },
  externalSecrets: {
    externalSecrets: {
      mode: "existing",
      replicas: undefined,
      requests: undefined,
      namespace: "eso",
      pods: { app: "eso" },
      account: "eso-operator",
    },
  },
  postgresOperator: {
    postgresOperator: { mode: "existing", namespace: "pgo", pods: { app: "pgo" } },
  },
  redisOperator: {
    redisOperator: { mode: "existing", namespace: "operators", pods: { app: "redis-operator" } },
  },
};

export const existing = (...parts: PartName[]): Change =>
  Object.assign({}, ...parts.map((part) => changes[part])) as Change;

/** Settings of a stack without Vault. */
export const noVault = { vault: { ...gone, mode: "none" } };
