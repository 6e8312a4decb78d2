import { createHash } from "node:crypto";
import type { NamespaceName } from "./namespaces.ts";
import { projectName } from "./project.ts";

/** Label on every object that a stack makes in the cluster; its value names the stack. */
export const stackLabel = `${projectName}/stack`;

/** Annotation by which people hand a namespace over to the stack that it names. */
export const adoptAnnotation = `${projectName}/adopt`;

/** Annotation by which one state of a stack has the cluster, and no other of that name. */
export const claimAnnotation = `${projectName}/claim`;

/** The namespace that carries it: every stack has this one. */
export const claimedNamespace: NamespaceName = "platform";

/**
 * Lets the kubernetes provider take over what an administrator made first (docs/deployer.yaml): up to 4.28 it always
 * does, from 4.29 on only with this. It also asks for roles by name again, as the deployer's rights do. Whose a
 * namespace is has been decided before.
 */
export const takeOver = { upsertExistingObjects: true };

/**
 * Lets the kubernetes provider read the kubeconfig as kubectl does. Its SDK would else hand it `$KUBECONFIG`, which is then kept in
 * the state for whoever destroys the stack, taken for one file, and copied with its keys into a temporary file that stays.
 */
export const asKubectl = { kubeconfig: "" };

const longest = 63;

/** A stack's name as a label's value: a name that is none is cut to what a label may hold, and told apart by its hash. */
export function stackMark(stack: string): string {
  if (stack.length <= longest && /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(stack))
    return stack;
  const hash = createHash("sha256").update(stack).digest("hex").slice(0, 8);
  const readable = stack.replaceAll(/[^A-Za-z0-9_.-]/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return [readable.slice(0, longest - hash.length - 1), hash]
    .filter((part) => part !== "")
    .join("-");
}
