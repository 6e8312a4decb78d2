import { dirname } from "node:path";
import type * as k8s from "@pulumi/kubernetes";
import type { Requests } from "../../platform/quantity.ts";
import { restrictedContainer, restrictedPod } from "../../platform/pods.ts";
import { authorityPath, type Environment, secretsPath } from "./environment.ts";
import { workloads } from "../../platform/workloads.ts";

export interface PodArgs {
  environment: Environment;
  image: string;
  requests: Requests;
  memory: string;
  /** Path below which everything is; empty: there is none. */
  basePath: string;
  /** Secret with the passwords, as files. */
  secret: string;
  /** Volume with the database's authority; absent where that connection is not encrypted. */
  authority?: Volume;
}

const authorityFolder = dirname(authorityPath);
const port = workloads.shlink.ports.http;
/** The user of Shlink's image. */
const uid = 1001;
type Container = k8s.types.input.core.v1.Container;
type PodSpec = k8s.types.input.core.v1.PodSpec;
type Volume = k8s.types.input.core.v1.Volume;

/** What the server's pods and the migration's have in common. */
export function podSpec(args: PodArgs, container: Partial<Container>): PodSpec {
  const authorities = args.authority === undefined ? [] : [args.authority];
  return {
    automountServiceAccountToken: false,
    securityContext: restrictedPod(uid),
    containers: [
      {
        name: "shlink",
        image: args.image,
        imagePullPolicy: "IfNotPresent",
        resources: { requests: args.requests, limits: { memory: args.memory } },
        securityContext: restrictedContainer,
        terminationMessagePolicy: "FallbackToLogsOnError",
        volumeMounts: [
          { name: "secrets", mountPath: secretsPath, readOnly: true },
          ...authorities.map(({ name }) => ({ name, mountPath: authorityFolder, readOnly: true })),
          { name: "data", mountPath: "/etc/shlink/data" },
          { name: "tmp", mountPath: "/tmp" },
        ],
        ...container,
      },
    ],
    volumes: [
      { name: "secrets", secret: { secretName: args.secret, defaultMode: 0o440 } },
      ...authorities,
      { name: "data", emptyDir: {} },
      { name: "tmp", emptyDir: {} },
    ],
  };
}

/** The server: ready while the database answers, alive while it accepts connections. */
export function serverContainer({ environment, basePath }: PodArgs): Partial<Container> {
  const health = { httpGet: { path: `${basePath}/rest/health`, port } };
  return {
    env: variables(environment),
    ports: [{ name: "http", containerPort: port }],
    // A killed migration holds its lock for ten minutes, and a start waits for it.
    startupProbe: { ...health, periodSeconds: 2, failureThreshold: 360, timeoutSeconds: 5 },
    // Half a minute, as a database takes to come back: without pods the gateway would refuse for longer than it
    // was away. One pod alone that fails is ejected by the gateway at once.
    readinessProbe: { ...health, periodSeconds: 5, failureThreshold: 6, timeoutSeconds: 5 },
    // Not the health check: it asks the database, and a failover there would restart every pod.
    livenessProbe: { tcpSocket: { port }, periodSeconds: 10, failureThreshold: 6 },
    // Endpoints and Envoys learn of the end before the server does.
    lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } },
  };
}

/** The image's own entry point runs the migrations, then serves only if the runtime is RoadRunner. */
export function migrationContainer({ environment }: PodArgs): Partial<Container> {
  return {
    env: variables({
      ...environment,
      SHLINK_RUNTIME: "init",
      INITIAL_API_KEY_FILE: `${secretsPath}/api-key`,
    }),
  };
}

const variables = (environment: Environment) =>
  Object.entries(environment).map(([name, value]) => ({ name, value }));
