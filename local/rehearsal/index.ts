import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  type KubernetesObject,
  PatchStrategy,
} from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";
import { repository } from "../paths.ts";
import { kubeconfigFile } from "../pulumi.ts";
import { accessBy } from "../stacks.ts";
import { monitorDefinitions } from "./definitions.ts";
import { loadBalancerObjects } from "./load-balancer.ts";

/** The account that docs/deployer.yaml makes. */
const account = { name: "shlink-deployer", namespace: "shlink-deployer" };

/**
 * Gives the local cluster what a production cluster has before the first `pulumi up`, and lets the stack in as
 * the restricted deployer instead of as the cluster's administrator.
 */
export async function furnish(kubeconfig: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const objects = config.makeApiClient(KubernetesObjectApi);
  const furniture = [
    ...deployerObjects(),
    ...loadBalancerObjects(),
    ...(await monitorDefinitions()),
  ];
  for (const object of furniture) await apply(objects, object);
  const token = await deployerToken(config.makeApiClient(CoreV1Api));
  const file = kubeconfigFile("prod-rehearsal");
  await writeFile(file, accessBy(readFileSync(file, "utf8"), token), { mode: 0o600 });
}

/** The documented roles, as an administrator applies them. */
export function deployerObjects(): KubernetesObject[] {
  const text = readFileSync(join(repository, "docs/deployer.yaml"), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

async function apply(objects: KubernetesObjectApi, object: KubernetesObject): Promise<void> {
  const { ServerSideApply: strategy } = PatchStrategy;
  await objects.patch(object, undefined, undefined, "shlink-local", true, strategy);
}

/** Long enough for a rehearsal with all its failures. */
async function deployerToken(core: CoreV1Api): Promise<string> {
  const body = { spec: { audiences: [], expirationSeconds: 4 * 3600 } };
  const { status } = await core.createNamespacedServiceAccountToken({ ...account, body });
  return status?.token ?? "";
}
