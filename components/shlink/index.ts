import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { token, projectName } from "../../platform/project.ts";
import { broughtSecrets } from "../../platform/brought-secrets.ts";
import { SecretReader, type SecretsOperator } from "../external-secrets/reader.ts";
import type { SyncTarget } from "../external-secrets/target.ts";
import { type SecretsHome, VaultSecret, versionsOf } from "../vault/secret.ts";
import { authorityVolume } from "../database/authority.ts";
import { keySecrets, type NamedKeys, writeKeys } from "./api-keys.ts";
import { passwordKey } from "../redis/connection.ts";
import {
  environment,
  type EnvironmentArgs,
  namesOf,
  serversFile,
  userFile,
} from "./environment.ts";
import { secretName } from "./names.ts";
import { migrationContainer, podSpec, serverContainer, type PodArgs } from "./pod.ts";
import { shlinkImages } from "../../platform/shlink-variables.ts";
import { spread } from "../../platform/pods.ts";
import { mostReplicas } from "../../platform/workers.ts";
import { autoscalerSpec } from "./autoscaler.ts";
import { workloads } from "../../platform/workloads.ts";
import type { NamespacesOf } from "../namespaces/index.ts";

export interface ShlinkArgs extends EnvironmentArgs {
  namespaces: NamespacesOf<"shlink">;
  vault: SecretsHome;
  externalSecrets: SecretsOperator;
  /** How often the secrets are read from Vault again, as a Go duration. */
  refreshInterval: string;
  /** Keys of the REST API besides the first one; absent: nobody looks after any. */
  apiKeys?: NamedKeys | undefined;
}

/** Where the workload is, for what routes to it. */
export interface ShlinkService {
  host: pulumi.Output<string>;
  port: number;
  /** Labels of the pods. */
  selector: Record<string, string>;
}

type SyncedKeys = SyncTarget["keys"];

const { labels } = workloads.shlink;
const port = workloads.shlink.ports.http;

/** Shlink: its secrets from Vault, the migrations once, then the servers. */
export class Shlink extends pulumi.ComponentResource {
  readonly service: ShlinkService;

  constructor(name: string, args: ShlinkArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Shlink"), name, {}, opts);
    const files = this.#files(args);
    const secrets = Object.values(files).map(({ secret }) => secret);
    const keys = keySecrets(args.vault, args.apiKeys ?? {}, { parent: this });
    const synced = this.#sync(args, { ...files, ...keyFiles(keys) });
    const pod = this.#pod(args);
    const migration = this.#migrate(args, pod, synced);
    this.#writeKeys(args, pod, keys, migration);
    const service = this.#service(args);
    this.#serve(args, pod, versionsOf(secrets), migration);
    this.#scale(args);
    this.#keepAvailable(args);
    const host = pulumi.interpolate`${service.metadata.name}.${args.namespaces.shlink}.svc.cluster.local`;
    this.service = { host, port, selector: labels };
    this.registerOutputs({ host });
  }

  /** The first key of the REST API; Shlink keeps its hash only. */
  #apiKey(vault: SecretsHome): VaultSecret {
    const key = new random.RandomPassword(
      "api-key",
      { length: 36, special: false, minLower: 1 },
      { parent: this },
    );
    return new VaultSecret(
      "shlink-api-key",
      { vault, path: "shlink/api-key", values: { key: key.result } },
      { parent: this },
    );
  }

  /** The files with secrets that the pods see, and where in Vault each comes from. */
  #files({ vault, database, redis, brought }: ShlinkArgs): SyncedKeys {
    const redisKey = redis.mode === "addresses" ? passwordKey : "redis-password";
    const made = {
      ...(database.user === undefined && {
        [userFile]: { secret: database.credentials, property: "user" },
      }),
      "db-password": { secret: database.credentials, property: "password" },
      [redisKey]: { secret: redis.credentials, property: "password" },
      "api-key": { secret: this.#apiKey(vault), property: "key" },
    };
    const given = namesOf(brought).map((name) => {
      const { file } = broughtSecrets[name];
      const args = { vault, path: `shlink/${file}`, values: { value: brought[name] ?? "" } };
      const secret = new VaultSecret(`shlink-${file}`, args, { parent: this });
      return [file, { secret, property: "value" }] as const;
    });
    return { ...made, ...Object.fromEntries(given) };
  }

  #sync(
    { namespaces, vault, externalSecrets: operator, refreshInterval, redis }: ShlinkArgs,
    keys: SyncedKeys,
  ): pulumi.Resource {
    const made = redis.mode === "addresses" && { templates: { [serversFile]: redis.servers } };
    const target = { name: secretName, syncName: "shlink-secrets", keys, ...made };
    const reader = new SecretReader(
      "external-secrets",
      { namespace: namespaces.shlink, vault, operator, refreshInterval, target },
      { parent: this },
    );
    return reader.synced;
  }

  #pod(args: ShlinkArgs): PodArgs {
    const { namespaces, requests, memory, database, basePath } = args;
    const { authority } = database;
    const opts = { parent: this };
    return {
      environment: environment(args),
      image: shlinkImages[args.version],
      requests,
      memory,
      basePath: basePath ?? "",
      secret: secretName,
      ...(authority === undefined
        ? {}
        : { authority: authorityVolume("shlink-db-ca", namespaces.shlink, authority, opts) }),
    };
  }

  /** One migration before any server starts, so that servers never race for the schema. */
  #migrate(
    { namespaces: { shlink: namespace } }: ShlinkArgs,
    pod: PodArgs,
    secrets: pulumi.Resource,
  ): pulumi.Resource {
    const spec = podSpec(pod, migrationContainer(pod));
    // It needs the database and Redis, which are outside the mesh, and must end.
    const metadata = {
      labels: { ...workloads["shlink-migration"].labels, "sidecar.istio.io/inject": "false" },
    };
    return new k8s.batch.v1.Job(
      "shlink-migration",
      {
        metadata: { namespace },
        spec: {
          backoffLimit: 3,
          // Again in the same pod, whose address the others' network policies know only after a moment.
          template: { metadata, spec: { ...spec, restartPolicy: "OnFailure" } },
        },
      },
      { parent: this, dependsOn: secrets, customTimeouts: { create: "15m" } },
    );
  }

  /** The tables are there after the migration. */
  #writeKeys(
    { apiKeys: keys, namespaces, database }: ShlinkArgs,
    { authority }: PodArgs,
    secrets: Record<string, VaultSecret>,
    migration: pulumi.Resource,
  ): void {
    if (keys === undefined) return;
    const { shlink: namespace } = namespaces;
    const args = { namespace, keys, secrets, database, authority };
    writeKeys(args, { parent: this, dependsOn: migration });
  }

  #service({ namespaces: { shlink: namespace } }: ShlinkArgs): k8s.core.v1.Service {
    // Its pods come later; waiting for endpoints here would wait for nothing.
    const annotations = { "pulumi.com/skipAwait": "true" };
    return new k8s.core.v1.Service(
      "shlink",
      {
        metadata: { name: "shlink", namespace, labels, annotations },
        spec: {
          selector: labels,
          ports: [{ name: "http", port, targetPort: port, appProtocol: "http" }],
        },
      },
      { parent: this },
    );
  }

  #serve(
    args: ShlinkArgs,
    pod: PodArgs,
    version: pulumi.Output<string>,
    migration: pulumi.Resource,
  ): void {
    const {
      namespaces: { shlink: namespace },
      replicas,
      autoscaling,
    } = args;
    // Each update would else undo what the autoscaler did.
    const ignoreChanges = autoscaling.mode === "none" ? [] : ["spec.replicas"];
    const template = {
      // Secrets are read at the start: a new version of one has to start the pods anew.
      metadata: { labels, annotations: { [`${projectName}/secrets`]: version } },
      spec: {
        ...podSpec(pod, serverContainer(pod)),
        terminationGracePeriodSeconds: 60,
        topologySpreadConstraints: [spread("node", "ScheduleAnyway", labels)],
      },
    };
    new k8s.apps.v1.Deployment(
      "shlink",
      {
        metadata: { name: "shlink", namespace, labels },
        spec: { replicas, selector: { matchLabels: labels }, strategy, template },
      },
      { parent: this, dependsOn: migration, ignoreChanges, customTimeouts: patience },
    );
  }

  #scale({ namespaces: { shlink: namespace }, replicas, autoscaling }: ShlinkArgs): void {
    if (autoscaling.mode === "none") return;
    const spec = autoscalerSpec(replicas, autoscaling);
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(
      "shlink",
      { metadata: { name: "shlink", namespace }, spec },
      { parent: this },
    );
  }

  #keepAvailable(args: ShlinkArgs): void {
    const { shlink: namespace } = args.namespaces;
    // A budget of one replica would forbid every drain.
    if (mostReplicas(args) === 1) return;
    new k8s.policy.v1.PodDisruptionBudget(
      "shlink",
      {
        metadata: { name: "shlink", namespace },
        spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
      },
      { parent: this },
    );
  }
}

/** Shlink's pods have no use for these, so that a new one does not start them anew. */
const keyFiles = (keys: Record<string, VaultSecret>): SyncedKeys =>
  Object.fromEntries(
    Object.entries(keys).map(([name, secret]) => [`api-key-${name}`, { secret, property: "key" }]),
  );

const strategy = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
const patience = { create: "15m", update: "15m" };
