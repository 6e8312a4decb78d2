import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";
import { applyAsAdministrator, type KubeObject } from "../cluster/index.ts";
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
  const furniture = [
    ...deployerObjects(),
    ...loadBalancerObjects(),
    ...(await monitorDefinitions()),
  ];
  await applyAsAdministrator(furniture);
  const token = await deployerToken(kubeconfig);
  const file = kubeconfigFile("prod-rehearsal");
  await writeFile(file, accessBy(readFileSync(file, "utf8"), token), { mode: 0o600 });
}

/** The documented roles, as an administrator applies them. */
export function deployerObjects(): KubeObject[] {
  const text = readFileSync(join(repository, "docs/deployer.yaml"), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

/** Long enough for a rehearsal with all its failures. */
async function deployerToken(kubeconfig: string): Promise<string> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const body = { spec: { audiences: [], expirationSeconds: 4 * 3600 } };
  const { status } = await core.createNamespacedServiceAccountToken({ ...account, body });
  return status?.token ?? "";
}
