import { existsSync } from "node:fs";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import * as pulumi from "@pulumi/pulumi";
import type { Surroundings } from "../platform/surroundings.ts";
import { type Ask, openApi, uselessServer } from "./api.ts";
import { abandoned } from "./abandoned.ts";
import { forgottenKeys } from "./forgotten-keys.ts";
import { agentObstacle, type NodeAgent } from "./node-agent.ts";
import { type DemandedObject, missingObjects, objectObstacle } from "./objects.ts";
import { claimNamespaces, type LiveNamespace, type Owned } from "./ownership.ts";
import { type PartName, partNames } from "../platform/parts.ts";
import { type DemandedMesh, meshCautions, meshObstacle, surveyMesh } from "./mesh.ts";
import { type DemandedPart, givenUp, madeParts, partObstacle, surveyParts } from "./parts.ts";
import { obstacle } from "./readiness.ts";
import type { StackState } from "./state.ts";
import { type DemandedApi, surveyCluster } from "./survey.ts";
import { type Held, type Holdings, impossibleChange, surveyHeld } from "./held.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { reasonOf } from "./reason.ts";
import { networkObstacle } from "./network-gaps.ts";
import { surveyNetwork } from "./network-survey.ts";
import { Refusal } from "../platform/refusal.ts";

/** What the stack needs before it makes anything. */
export interface Demands {
  /** The kubeconfig context that the stack belongs to. */
  context: string;
  /** Names of all namespaces that the stack is to have. */
  namespaces: string[];
  /** Names of the Helm releases that the stack makes. */
  releases: string[];
  chartFiles: string[];
  storageClasses: string[];
  apis: DemandedApi[];
  /** Parts that the settings take from the cluster. */
  existing: DemandedPart[];
  /** All parts of which the settings say that they are not this stack's. */
  taken: PartName[];
  /** Parts that nobody needs, whoever has them in the cluster. */
  needless?: PartName[];
  /** What Shlink relies on of somebody else's mesh; absent: the mesh is this stack's. */
  mesh?: DemandedMesh | undefined;
  /** Objects that the settings name and somebody else makes. */
  objects: DemandedObject[];
  /** Absent: the mesh has none. */
  nodeAgent?: NodeAgent | undefined;
  surroundings: Surroundings;
  /** What the settings say of things that hold data. */
  held: Held;
  /** Whether the settings say which API keys there are; absent: they do not. */
  apiKeys?: boolean;
}

export interface ClusterIdentity {
  /** `clusterIdentifier` of the kubernetes provider: with another one it would replace everything in the cluster. */
  clusterIdentifier: string;
}

/** What is known of the cluster and of the stack once nothing speaks against going on. */
export interface Verified extends Owned {
  ask: Ask;
  state: StackState;
  held: Held;
  holdings: Holdings;
}

/** Compares what the stack needs with what the machine, the state and the cluster have, before anything is made. */
export async function verify(
  demands: Demands,
  readState: () => Promise<StackState>,
): Promise<Verified> {
  const { context, namespaces, storageClasses, surroundings } = demands;
  checkFiles(demands.chartFiles);
  // The engine takes as long for its answer as the client for its import and the cluster for all of its.
  const [state, { ask, live, survey, missing, network, holdings, existing, mesh }] =
    await Promise.all([readState(), lookAt(demands)]);
  const stack = pulumi.getStack();
  const claim = { stack, context, namespaces };
  const owned = claimNamespaces(claim, state, live);
  const made = madeParts([...owned.owned, ...Object.keys(state.namespaces)]);
  const { taken, needless = [] } = demands;
  const others = [...made, ...taken, ...needless];
  const awaited = partNames.filter((part) => !others.includes(part));
  const file = `Pulumi.${stack}.yaml`;
  const reason =
    abandoned(demands.held, state.made ?? new Set(), made) ??
    givenUp(taken, made) ??
    forgottenKeys(state.made, demands.apiKeys === true) ??
    obstacle(survey, { context, storageClasses, awaited }) ??
    partObstacle(existing, context) ??
    meshObstacle(mesh, context) ??
    objectObstacle(missing, context) ??
    agentObstacle(survey.version, demands.nodeAgent, context) ??
    networkObstacle(network, surroundings, { file, context }) ??
    impossibleChange(demands.held, holdings);
  if (reason !== undefined) throw new Refusal(reason);
  for (const caution of meshCautions(mesh)) void pulumi.log.warn(caution);
  return { ...owned, ask, state, held: demands.held, holdings };
}

/** Reads the cluster of the context, and nothing of any other. */
async function lookAt({ context, apis, objects, surroundings, held, ...rest }: Demands) {
  try {
    const config = await readKubeconfig();
    checkContext(config, context);
    const ask = await openApi(config);
    const [live, survey, missing, network, holdings, existing, mesh] = await Promise.all([
      listNamespaces(config, ask),
      surveyCluster(ask, apis, rest.namespaces),
      missingObjects(ask, objects),
      surveyNetwork(ask, surroundings),
      surveyHeld(ask, held),
      surveyParts(ask, rest.existing),
      surveyMesh(ask, rest.mesh),
    ]);
    return { ask, live, survey, missing, network, holdings, existing, mesh };
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(reasonOf(error));
  }
}

async function listNamespaces(config: KubeConfig, ask: Ask): Promise<LiveNamespace[]> {
  const { status, body } = await ask<{ items: LiveNamespace[] }>("/api/v1/namespaces");
  if (status !== 200) throw uselessServer(config, new Error(`${body.message} (HTTP ${status})`));
  return body.items;
}

function checkFiles(files: string[]): void {
  const missing = files.find((file) => !existsSync(file));
  if (missing === undefined) return;
  throw new Refusal(
    `The chart mirror (setting charts.mirror) lacks ${missing}: put that chart there, ` +
      "or remove the setting to use the upstream repositories.",
  );
}

function checkContext(config: KubeConfig, context: string): void {
  const current = config.getCurrentContext();
  if (current === context && config.getCurrentCluster() !== null) return;
  if (current === context)
    throw new Refusal(
      `The kubeconfig has no context "${context}", or none with a cluster: correct it, set KUBECONFIG, or correct the setting cluster.context.`,
    );
  const known = config.getContexts().map(({ name }) => name);
  const fix = known.includes(context)
    ? `run: kubectl config use-context ${context}`
    : `the kubeconfig has ${known.join(", ") || "no context"}; set KUBECONFIG or correct the setting`;
  throw new Refusal(
    `The stack belongs to kubeconfig context "${context}" (setting cluster.context), but the current context is "${current}": ${fix}.`,
  );
}
