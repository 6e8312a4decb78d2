import { existsSync } from "node:fs";
import type { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { type HttpAnswer, post } from "./http.ts";
import { claimNamespaces } from "./ownership.ts";
import { adoptAnnotation } from "../platform/marks.ts";
import { runtimeFile } from "./runtime.ts";
import { ownState } from "./state.ts";
import { openTunnel, type Tunnel } from "./tunnel.ts";

/** What the stack needs before it makes anything. */
export interface Demands {
  /** The kubeconfig context that the stack belongs to. */
  context: string;
  /** Names of all namespaces that the stack is to have. */
  namespaces: string[];
  chartFiles: string[];
}

export interface ClusterIdentity {
  /** `clusterIdentifier` of the kubernetes provider: with another one it would replace everything in the cluster. */
  clusterIdentifier: string;
}

/** All that the program does itself, outside of the providers. Tests and `make plan` hand in their own. */
export interface Cluster {
  /**
   * Refuses to go on unless the kubeconfig's current context is the named one, its API server answers, every
   * namespace of ours that exists is this stack's, and the files are there. Tells the cluster's identity.
   */
  verify(demands: Demands): Promise<ClusterIdentity>;
  /** Forwards a loopback port to a pod for as long as the program runs. */
  tunnel(tunnel: Tunnel): Promise<void>;
  /** A token of a service account for one audience, valid for ten minutes. */
  accountToken(namespace: string, account: string, audience: string): Promise<string>;
  /** The decoded data of a Secret. */
  secret(namespace: string, name: string): Promise<Record<string, string>>;
  /** Posts JSON through a tunnel. A server that cannot be reached answers with status 0 and the reason. */
  post(url: string, body: unknown, tls: { ca?: string; servername: string }): Promise<HttpAnswer>;
  /** Writes a file for a provider to read, see runtime.ts. */
  file(name: string, content: string): string;
}

/** The cluster that the kubeconfig (`KUBECONFIG`, or ~/.kube/config) points to. */
export function kubernetes(readState = ownState): Cluster {
  return {
    verify: (demands) => verify(demands, readState),
    tunnel: async (tunnel) => openTunnel((await client()).config, tunnel),
    accountToken,
    secret,
    post,
    file: runtimeFile,
  };
}

/** Loaded on first use: the client takes longer to import than a preview needs to think. */
async function client() {
  const { CoreV1Api, KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromDefault();
  return { config, core: config.makeApiClient(CoreV1Api) };
}

async function verify(demands: Demands, readState: typeof ownState): Promise<ClusterIdentity> {
  const { context, namespaces, chartFiles } = demands;
  checkFiles(chartFiles);
  // The engine's answer and the client's import take the longest; one does not wait for the other.
  const [state, { config, core }] = await Promise.all([readState(), client()]);
  checkContext(config, context);
  const live = await core.listNamespace().catch((error: unknown) => {
    throw new pulumi.RunError(unreachable(config, error));
  });
  const claim = { stack: pulumi.getStack(), context, namespaces };
  const { clusterIdentifier, adopted } = claimNamespaces(claim, state, live.items);
  if (!pulumi.runtime.isDryRun()) await Promise.all(adopted.map((name) => endHandOver(core, name)));
  return { clusterIdentifier };
}

/** A hand-over is good for one time: the annotation that stayed would hand the namespace to the next of that name. */
async function endHandOver(core: CoreV1Api, name: string): Promise<void> {
  const pointer = adoptAnnotation.replace("/", "~1");
  const body = [{ op: "remove", path: `/metadata/annotations/${pointer}` }];
  await core.patchNamespace({ name, body });
}

function checkFiles(files: string[]): void {
  const missing = files.find((file) => !existsSync(file));
  if (missing === undefined) return;
  throw new pulumi.RunError(
    `The chart mirror (setting charts.mirror) lacks ${missing}: put that chart there, ` +
      "or remove the setting to use the upstream repositories.",
  );
}

function checkContext(config: KubeConfig, context: string): void {
  const current = config.getCurrentContext();
  if (current === context) return;
  const known = config.getContexts().map(({ name }) => name);
  const fix = known.includes(context)
    ? `run: kubectl config use-context ${context}`
    : `the kubeconfig has ${known.join(", ") || "no context"}; set KUBECONFIG or correct the setting`;
  throw new pulumi.RunError(
    `The stack belongs to kubeconfig context "${context}" (setting cluster.context), but the current context is "${current}": ${fix}.`,
  );
}

function unreachable(config: KubeConfig, error: unknown): string {
  const server = config.getCurrentCluster()?.server ?? "(none)";
  const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
  return `The Kubernetes API server at ${server} cannot be used: ${reason}. Start the cluster or correct the kubeconfig.`;
}

async function accountToken(namespace: string, name: string, audience: string): Promise<string> {
  const { core } = await client();
  const body = { spec: { audiences: [audience], expirationSeconds: 600 } };
  const request = await core.createNamespacedServiceAccountToken({ name, namespace, body });
  return request.status?.token ?? "";
}

async function secret(namespace: string, name: string): Promise<Record<string, string>> {
  const { core } = await client();
  const { data = {} } = await core.readNamespacedSecret({ name, namespace });
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(value, "base64").toString("utf8"),
    ]),
  );
}
