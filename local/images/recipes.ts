import { base, node, shell } from "./base-layers.ts";
import {
  envoy,
  installCni,
  iptables,
  pilot,
  pilotAgent,
  postgres,
  postgresOperator,
  redis,
  shlink,
  vault,
} from "./program-layers.ts";
import type { ImageRecipe, LayerRecipe, Part } from "./recipe.ts";

const layer = (name: string, ...parts: readonly Part[]): LayerRecipe => ({ name, parts });

const system: readonly ImageRecipe[] = [
  {
    name: "registry.k8s.io/pause:3.10",
    layers: [base, shell],
    user: "65535:65535",
    entrypoint: ["/bin/sleep", "infinity"],
  },
  {
    name: "docker.io/library/busybox:1.37",
    layers: [base, shell],
    user: "0",
    command: ["sh"],
  },
  {
    name: "registry.k8s.io/coredns/coredns:v1.12.1",
    layers: [base, layer("coredns", { copy: { tool: "coredns" }, to: "/coredns" })],
    user: "65532:65532",
    entrypoint: ["/coredns"],
    ports: ["53/tcp", "53/udp"],
  },
  {
    name: "docker.io/rancher/local-path-provisioner:v0.0.30",
    layers: [
      base,
      shell,
      layer("local-path-provisioner", {
        copy: { tool: "local-path-provisioner" },
        to: "/usr/bin/local-path-provisioner",
      }),
    ],
    user: "0",
    command: ["local-path-provisioner"],
  },
];

const nodePrograms: readonly ImageRecipe[] = [
  {
    name: "docker.io/library/node:24.21.0-slim",
    layers: [base, shell, node],
    user: "0",
    entrypoint: ["docker-entrypoint.sh"],
    command: ["node"],
    environment: { NODE_VERSION: "24.21.0" },
  },
  {
    name: "docker.io/shlinkio/shlink:4.6.0",
    layers: [base, shell, node, shlink],
    user: "1001",
    entrypoint: ["/bin/sh", "./docker-entrypoint.sh"],
    environment: { SHLINK_VERSION: "4.6.0", SHLINK_RUNTIME: "rr", LC_ALL: "C" },
    workingFolder: "/etc/shlink",
    ports: ["8080/tcp"],
  },
  {
    name: "registry.developers.crunchydata.com/crunchydata/postgres-operator:ubi9-6.0.3-0",
    layers: [base, shell, node, postgresOperator],
    user: "2",
    command: ["postgres-operator"],
  },
];

const mesh: readonly ImageRecipe[] = [
  {
    name: "registry.istio.io/release/pilot:1.30.4",
    layers: [base, shell, pilot],
    user: "1337:1337",
    entrypoint: ["/usr/local/bin/pilot-discovery"],
  },
  {
    name: "registry.istio.io/release/proxyv2:1.30.4",
    layers: [base, shell, envoy, iptables, pilotAgent],
    user: "1337:1337",
    entrypoint: ["/usr/local/bin/pilot-agent"],
  },
  {
    name: "registry.istio.io/release/install-cni:1.30.4",
    layers: [base, shell, iptables, installCni],
    user: "0",
    command: ["/usr/local/bin/install-cni"],
    environment: { PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/cni/bin" },
    workingFolder: "/opt/cni/bin",
  },
];

const secrets: readonly ImageRecipe[] = [
  {
    name: "docker.io/hashicorp/vault:2.0.4",
    layers: [base, shell, vault],
    user: "100:1000",
    entrypoint: ["docker-entrypoint.sh"],
    command: ["server", "-dev"],
    environment: { NAME: "vault", VERSION: "2.0.4" },
    ports: ["8200/tcp"],
  },
  {
    name: "oci.external-secrets.io/external-secrets/external-secrets:v0.20.4",
    layers: [
      base,
      layer("external-secrets", {
        copy: { tool: "external-secrets" },
        to: "/bin/external-secrets",
      }),
    ],
    user: "65534",
    entrypoint: ["/bin/external-secrets"],
  },
];

const data: readonly ImageRecipe[] = [
  {
    name: "docker.io/library/redis:7.0.15",
    layers: [base, shell, redis],
    user: "0",
    entrypoint: ["docker-entrypoint.sh"],
    command: ["redis-server"],
    environment: { REDIS_VERSION: "7.0.15" },
    workingFolder: "/data",
    ports: ["6379/tcp"],
  },
  {
    name: "quay.io/spotahome/redis-operator:v1.2.4",
    layers: [
      base,
      shell,
      layer("redis-operator", {
        copy: { tool: "redis-operator" },
        to: "/usr/local/bin/redis-operator",
      }),
    ],
    user: "1000",
    entrypoint: ["/usr/local/bin/redis-operator"],
  },
  {
    name: "quay.io/oliver006/redis_exporter:v1.91.0",
    layers: [
      base,
      layer("redis-exporter", {
        copy: { debian: "usr/bin/prometheus-redis-exporter" },
        to: "/redis_exporter",
      }),
    ],
    user: "59000:59000",
    entrypoint: ["/redis_exporter"],
    ports: ["9121/tcp"],
  },
  {
    name: "registry.developers.crunchydata.com/crunchydata/crunchy-postgres:ubi9-15.19-2633",
    layers: [base, shell, postgres],
    user: "26",
    environment: { PATH: "/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/usr/sbin" },
  },
];

/** Every image of the local cluster: what it is made of and how it starts. */
export const imageRecipes: readonly ImageRecipe[] = [
  ...system,
  ...nodePrograms,
  ...secrets,
  ...mesh,
  ...data,
];

export const imageNames: readonly string[] = imageRecipes.map(({ name }) => name);

/** Needed before any other: the cluster itself runs on these. */
export const systemImageNames: readonly string[] = system.map(({ name }) => name);
