import { claimAnnotation, claimedNamespace, stackLabel, stackMark } from "../platform/marks.ts";
import type { Ask } from "./api.ts";
import type { LiveNamespace } from "./ownership.ts";
import { Refusal } from "../platform/refusal.ts";

export interface Claimant {
  stack: string;
  context: string;
  /** What the state knows itself by; no other state of a stack of that name has it. */
  identity: string;
  /** Whether what the annotation says is this state's own, or was handed over. */
  mayReplace: (claim: string | undefined) => boolean;
}

const path = "/api/v1/namespaces";

/**
 * Writes into the cluster that this state has it, so that of two stacks whose first `up` begins at the same moment one
 * alone goes on: the API server makes a namespace once, and changes it only as whoever changes it last saw it.
 * @throws Refusal with one sentence for the user.
 */
export async function claimCluster(ask: Ask, claimant: Claimant): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const { status, body } = await ask<LiveNamespace>(`${path}/${claimedNamespace}`);
    if (status !== 404 && status !== 200)
      throw refusal(claimant, `cannot be read: ${body.message}`);
    if (status === 200 && !isFree(body, claimant))
      throw refusal(
        claimant,
        `was claimed by another stack at the same moment, or by another state of stack ${claimant.stack}: a cluster has ` +
          "one stack (see docs/state.md)",
      );
    const answer = status === 404 ? await make(ask, claimant) : await mark(ask, claimant, body);
    if (answer.status < 300) return;
    if (answer.status !== 409) throw refusal(claimant, `cannot be claimed: ${answer.body.message}`);
  }
  throw refusal(claimant, "is changed all the time by somebody else: run the command again");
}

const metadata = ({ stack, identity }: Claimant) => ({
  labels: { [stackLabel]: stackMark(stack) },
  annotations: { [claimAnnotation]: identity },
});

const make = (ask: Ask, claimant: Claimant) =>
  ask(path, {
    method: "POST",
    body: {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: claimedNamespace, ...metadata(claimant) },
    },
  });

function mark(ask: Ask, claimant: Claimant, live: LiveNamespace) {
  const { resourceVersion } = live.metadata ?? {};
  const body = { metadata: { ...metadata(claimant), resourceVersion } };
  return ask(`${path}/${claimedNamespace}`, { method: "PATCH", body });
}

function isFree({ metadata: live }: LiveNamespace, { stack, mayReplace }: Claimant): boolean {
  const owner = live?.labels?.[stackLabel];
  return (
    (owner === undefined || owner === stackMark(stack)) &&
    mayReplace(live?.annotations?.[claimAnnotation])
  );
}

const refusal = ({ context }: Claimant, reason: string) =>
  new Refusal(`Namespace ${claimedNamespace} in context ${context} ${reason}.`);
