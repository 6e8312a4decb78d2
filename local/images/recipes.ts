import { chartImages, redisOperatorImages } from "../../platform/chart-images.ts";
import { images } from "../../platform/images.ts";
import { images as systemImages } from "../cluster/layout.ts";
import { base, node, shell } from "./base-layers.ts";
import {
  envoy,
  backupJob,
  installCni,
  iptables,
  patroni,
  pgbackrest,
  pilot,
  pilotAgent,
  postgres,
  postgresOperator,
  redis,
  shlink,
  vault,
  webClient,
} from "./program-layers.ts";
import type { ImageRecipe, LayerRecipe, Part } from "./recipe.ts";

/** Reads the version in an image's tag, without the variant. */
const versionOf = (image: string) => image.split(":")[1]?.split("-")[0] ?? "";
const crunchy = "registry.developers.crunchydata.com/crunchydata";
const vaultVersion = versionOf(chartImages.vault);

const layer = (name: string, ...parts: readonly Part[]): LayerRecipe => ({ name, parts });

const system: readonly ImageRecipe[] = [
  {
    name: systemImages.pause,
    layers: [base, shell, layer("tini", { copy: { debian: "usr/bin/tini" }, to: "/usr/bin/tini" })],
    user: "65535:65535",
    // It reaps what a killed program leaves behind, where the containers of a pod share their processes.
    entrypoint: ["/usr/bin/tini", "--", "/bin/sleep", "infinity"],
  },
  {
    name: systemImages.busybox,
    layers: [base, shell],
    user: "0",
    command: ["sh"],
  },
  {
    name: systemImages.coredns,
    layers: [base, layer("coredns", { copy: { tool: "coredns" }, to: "/coredns" })],
    user: "65532:65532",
    entrypoint: ["/coredns"],
    ports: ["53/tcp", "53/udp"],
  },
  {
    name: systemImages.provisioner,
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
    name: images.node,
    layers: [base, shell, node],
    user: "0",
    entrypoint: ["docker-entrypoint.sh"],
    command: ["node"],
    environment: { NODE_VERSION: versionOf(images.node) },
  },
  ...[images.shlink, images["shlink-5.1"]].map((name): ImageRecipe => ({
    name,
    layers: [base, shell, node, shlink],
    user: "1001",
    entrypoint: ["/bin/sh", "./docker-entrypoint.sh"],
    environment: { SHLINK_VERSION: versionOf(name), SHLINK_RUNTIME: "rr", LC_ALL: "C" },
    workingFolder: "/etc/shlink",
    ports: ["8080/tcp"],
  })),
  {
    name: chartImages.pgo,
    layers: [base, shell, node, postgresOperator],
    user: "2",
    command: ["postgres-operator"],
  },
];

const page: ImageRecipe = {
  name: images.webClient,
  layers: [base, shell, webClient],
  user: "101",
  entrypoint: ["/docker-entrypoint.sh"],
  command: ["nginx", "-g", "daemon off;"],
  ports: ["8080/tcp"],
};

const mesh: readonly ImageRecipe[] = [
  {
    name: chartImages.istiod,
    layers: [base, shell, pilot],
    user: "1337:1337",
    entrypoint: ["/usr/local/bin/pilot-discovery"],
  },
  {
    name: chartImages.istioProxy,
    layers: [base, shell, envoy, iptables, pilotAgent],
    user: "1337:1337",
    entrypoint: ["/usr/local/bin/pilot-agent"],
  },
  {
    name: chartImages.istioCni,
    layers: [base, shell, iptables, installCni],
    user: "0",
    command: ["/usr/local/bin/install-cni"],
    environment: { PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/cni/bin" },
    workingFolder: "/opt/cni/bin",
  },
];

const secrets: readonly ImageRecipe[] = [
  {
    name: chartImages.vault,
    layers: [base, shell, vault],
    user: "100:1000",
    entrypoint: ["docker-entrypoint.sh"],
    command: ["server", "-dev"],
    environment: { NAME: "vault", VERSION: vaultVersion },
    ports: ["8200/tcp"],
  },
  {
    name: chartImages.externalSecrets,
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
  // Debian's 7.0 stands in for either: the operator and predis use nothing that is younger.
  ...[images.redis7, images.redis8].map((name): ImageRecipe => ({
    name,
    layers: [base, shell, redis],
    user: "0",
    entrypoint: ["docker-entrypoint.sh"],
    command: ["redis-server"],
    environment: { REDIS_VERSION: versionOf(name) },
    workingFolder: "/data",
    ports: ["6379/tcp"],
  })),
  {
    name: redisOperatorImages.spotahome,
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
    name: images.redisExporter,
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
    name: `${crunchy}/crunchy-postgres:ubi9-15.19-2633`,
    layers: [base, shell, postgres, patroni, pgbackrest],
    user: "26",
    environment: {
      PATH: "/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/usr/sbin",
      // The locale of a database is that of its image.
      LANG: "C.UTF-8",
    },
  },
  {
    name: `${crunchy}/crunchy-pgbackrest:ubi9-2.59.0-2633`,
    layers: [base, shell, node, pgbackrest, backupJob],
    user: "26",
  },
  {
    name: `${crunchy}/crunchy-pgbouncer:ubi9-1.25-2633`,
    layers: [
      base,
      shell,
      layer("pgbouncer", { copy: { debian: "usr/sbin/pgbouncer" }, to: "/usr/bin/pgbouncer" }),
    ],
    user: "26",
  },
  {
    name: `${crunchy}/crunchy-postgres-exporter:ubi9-0.19.1-2633`,
    layers: [
      base,
      shell,
      layer("postgres-exporter", {
        copy: { debian: "usr/bin/prometheus-postgres-exporter" },
        to: "/usr/bin/postgres_exporter",
      }),
    ],
    user: "26",
  },
];

/** Every image of the local cluster: what it is made of and how it starts. */
export const imageRecipes: readonly ImageRecipe[] = [
  ...system,
  ...nodePrograms,
  page,
  ...secrets,
  ...mesh,
  ...data,
];

export const imageNames: readonly string[] = imageRecipes.map(({ name }) => name);

/** These images are needed before any other, as the cluster itself runs on them. */
export const systemImageNames: readonly string[] = system.map(({ name }) => name);
