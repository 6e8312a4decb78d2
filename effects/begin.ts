import * as pulumi from "@pulumi/pulumi";
import { adoptAnnotation, claimedNamespace, stackLabel, stackMark } from "../platform/marks.ts";
import type { Ask } from "./api.ts";
import { claimCluster } from "./claim.ts";
import { takeOverRemnants } from "./remnants.ts";
import type { Demands, Verified } from "./verify.ts";
import { Refusal } from "../platform/refusal.ts";

/**
 * Makes the cluster this state's, ends hand-overs, and takes over what an `up` has left that could not write it down. It
 * changes the cluster, so a preview must not call it.
 */
export async function begin(demands: Demands, verified: Verified, identity: string): Promise<void> {
  const stack = pulumi.getStack();
  const { ask, state, adopted, owned } = verified;
  const known = [undefined, state.identity, identity];
  const mayReplace = (claim?: string) =>
    adopted.includes(claimedNamespace) || known.includes(claim);
  if (demands.namespaces.includes(claimedNamespace) && !verified.claimed)
    await claimCluster(ask, { stack, context: demands.context, identity, mayReplace });
  await Promise.all(adopted.map((name) => endHandOver(ask, name, stack)));
  const knows = (kind: string, namespace: string, name: string) =>
    state.made?.has(`${kind} ${namespace}/${name}`) === true;
  const report = (line: string) => void pulumi.log.info(`${line}.`);
  await takeOverRemnants(ask, {
    stack,
    namespaces: owned,
    releases: demands.releases,
    knows,
    report,
  });
}

/** A hand-over is good for one time: the annotation that stayed would hand the namespace to the next of that name. */
async function endHandOver(ask: Ask, name: string, stack: string): Promise<void> {
  const body = {
    metadata: {
      labels: { [stackLabel]: stackMark(stack) },
      annotations: { [adoptAnnotation]: null },
    },
  };
  const answer = await ask(`/api/v1/namespaces/${name}`, { method: "PATCH", body });
  if (answer.status === 200) return;
  throw new Refusal(
    `Annotation ${adoptAnnotation} of namespace ${name} cannot be removed: ${answer.body.message}.`,
  );
}
