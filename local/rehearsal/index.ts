import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CoreV1Api } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";
import { applyAsAdministrator } from "../cluster/index.ts";
import { loadKubeconfig, type KubeObject } from "../lib/kube.ts";
import { repository } from "../lib/paths.ts";
import { kubeconfigFile } from "../stack/environment.ts";
import { accessBy } from "../stack/stacks.ts";
import { monitorDefinitions } from "./definitions.ts";
import { loadBalancerObjects } from "./load-balancer.ts";

/** The account that docs/deployer.yaml makes. */
const account = { name: "shlink-deployer", namespace: "shlink-deployer" };

/**
 * Gives the local cluster what a production cluster has before the first `pulumi up`, and lets the stack in as
 * the restricted deployer instead of as the cluster's administrator.
 */
export async function prepareRehearsal(kubeconfig: string): Promise<void> {
  const objects = [...deployerObjects(), ...loadBalancerObjects(), ...(await monitorDefinitions())];
  await applyAsAdministrator(objects);
  const token = await deployerToken(kubeconfig);
  const file = kubeconfigFile("prod-rehearsal");
  await writeFile(file, accessBy(readFileSync(file, "utf8"), token), { mode: 0o600 });
}

/** Reads the documented roles, as an administrator applies them. */
function deployerObjects(): KubeObject[] {
  const text = readFileSync(join(repository, "docs/deployer.yaml"), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

/** Makes a token that lasts for a rehearsal with all its failures. */
async function deployerToken(kubeconfig: string): Promise<string> {
  const core = loadKubeconfig(kubeconfig).makeApiClient(CoreV1Api);
  const body = { spec: { audiences: [], expirationSeconds: 4 * 3600 } };
  const { status } = await core.createNamespacedServiceAccountToken({ ...account, body });
  return status?.token ?? "";
}
