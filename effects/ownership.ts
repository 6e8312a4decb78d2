import { ownershipLabel } from "../platform/project.ts";
import {
  adoptAnnotation,
  claimAnnotation,
  claimedNamespace,
  stackLabel,
  stackMark,
} from "../platform/marks.ts";
import type { StackState } from "./state.ts";
import { Refusal } from "../platform/refusal.ts";

/** A namespace as the API server lists it. */
export interface LiveNamespace {
  metadata?: {
    name?: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: unknown;
    managedFields?: { manager?: string }[];
  };
}

export interface Claim {
  /** Name of the running stack. */
  stack: string;
  /** The kubeconfig context that leads to the cluster. */
  context: string;
  /** Names of all namespaces that the stack is to have. */
  namespaces: string[];
}

/** What the stack may go on with. */
export interface Owned {
  /** `clusterIdentifier` of the kubernetes provider; another one would replace everything in the cluster. */
  clusterIdentifier: string;
  /** Namespaces that people have handed over by the annotation. */
  adopted: string[];
  /** Names of the namespaces that were there before, and are the stack's. */
  owned: string[];
  /** Whether the cluster says already that this state has it. */
  claimed: boolean;
}

type Verdict =
  | "ours"
  | "adopted"
  | "ending"
  | "marked"
  | "claimed"
  | "remade"
  | "lost"
  | "unmarked"
  | "somebody's";

const way = "see docs/state.md";

/**
 * Decides by the stack's own state and by the namespaces' marks whether the stack may work in this cluster. Pulumi
 * adopts a namespace that is there without a word, and deletes it at the stack's end, whoever made it.
 * @throws Refusal with one sentence for the user.
 */
export function claimNamespaces(claim: Claim, state: StackState, live: LiveNamespace[]): Owned {
  const cluster = live.find(({ metadata }) => metadata?.name === "kube-system")?.metadata?.uid;
  if (cluster === undefined)
    throw new Refusal(
      `Context ${claim.context} shows no namespace kube-system, whose UID identifies a cluster.`,
    );
  const uids = new Set(live.map(({ metadata }) => metadata?.uid));
  const known = Object.values(state.namespaces);
  const met = known.some((uid) => uids.has(uid));
  refuseOtherCluster(claim, state, cluster, known.length > 0 && !met);
  const evidence = evidenceOf(live, state, met || state.cluster === cluster);
  const verdicts = live
    .filter(({ metadata }) => claim.namespaces.includes(metadata?.name ?? ""))
    .map((namespace) => ({ namespace, verdict: judge(claim, state, namespace, evidence) }));
  refuseOthers(claim, verdicts);
  const namesOf = (wanted: Verdict[]) =>
    verdicts
      .filter(({ verdict }) => wanted.includes(verdict))
      .map(({ namespace }) => namespace.metadata?.name ?? "");
  return {
    clusterIdentifier: state.cluster ?? cluster,
    adopted: namesOf(["adopted"]),
    owned: namesOf(["ours", "adopted"]),
    claimed: evidence.claim !== undefined && evidence.claim === state.identity,
  };
}

/** What speaks for all namespaces together. */
interface Evidence {
  /** Which state has the cluster, as the cluster says. */
  claim?: string;
  /** Whether that is another state than this. */
  foreign: boolean;
  /** Whether the state was here before, so that what has the stack's mark is its own. */
  proven: boolean;
}

/** Clusters of older versions carry no claim. */
function evidenceOf(live: LiveNamespace[], { identity }: StackState, known: boolean): Evidence {
  const home = live.find(({ metadata }) => metadata?.name === claimedNamespace);
  const claim = home?.metadata?.annotations?.[claimAnnotation];
  const foreign = claim !== undefined && claim !== identity;
  return { claim, foreign, proven: claim === undefined ? known : !foreign };
}

function refuseOthers(
  claim: Claim,
  verdicts: { namespace: LiveNamespace; verdict: Verdict }[],
): void {
  const refused = verdicts.find(({ verdict }) => !["ours", "adopted"].includes(verdict));
  if (refused === undefined) return;
  const alike = verdicts.filter(({ verdict }) => verdict === refused.verdict);
  const namespaces = alike.map(({ namespace }) => namespace);
  throw new Refusal(sentence(claim, refused.verdict, namespaces));
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Stacks of older versions have the context's name for an identity, which proves nothing: their namespaces do. */
function refuseOtherCluster(
  { stack, context }: Claim,
  state: StackState,
  cluster: string,
  unmet: boolean,
): void {
  const identified = state.cluster !== undefined && uuid.test(state.cluster);
  if (identified ? state.cluster === cluster : !unmet) return;
  throw new Refusal(
    identified
      ? `The state of stack ${stack} belongs to another cluster (kube-system has UID ${state.cluster} there) than context ` +
          `${context} (${cluster}): correct the kubeconfig, or use a stack without a state.`
      : `None of the namespaces in the state of stack ${stack} is in the cluster of context ${context}: correct the ` +
          `kubeconfig or, if they were all deleted by hand, run pulumi destroy before the next up (${way}).`,
  );
}

function judge(
  claim: Claim,
  state: StackState,
  namespace: LiveNamespace,
  { foreign, proven }: Evidence,
): Verdict {
  const {
    name = "",
    uid,
    labels = {},
    annotations = {},
    deletionTimestamp,
  } = namespace.metadata ?? {};
  const ours = stackMark(claim.stack);
  const mark = labels[stackLabel];
  const recorded = state.namespaces[name];
  if (deletionTimestamp !== undefined) return "ending";
  if (mark !== undefined && mark !== ours) return "marked";
  if (uid === recorded && !foreign) return "ours";
  if (annotations[adoptAnnotation] === ours) return "adopted";
  if (uid === recorded) return "claimed";
  if (recorded !== undefined) return "remade";
  // An up that ended before the state was written has left the mark, and the cluster's identity in the state.
  if (mark !== undefined) return proven ? "ours" : "lost";
  if (Object.entries(ownershipLabel).some(([key, value]) => labels[key] !== value))
    return "somebody's";
  return touchedByPulumi(namespace) ? "unmarked" : "ours";
}

const touchedByPulumi = ({ metadata }: LiveNamespace) =>
  (metadata?.managedFields ?? []).some(({ manager }) => manager?.startsWith("pulumi"));

function sentence({ stack, context }: Claim, verdict: Verdict, alike: LiveNamespace[]): string {
  const names = alike.map(({ metadata }) => metadata?.name).join(" ");
  const subject = `${alike.length === 1 ? "Namespace" : "Namespaces"} ${names} in context ${context}`;
  const handOver = `kubectl annotate namespace ${names} ${adoptAnnotation}=${stackMark(stack)}`;
  const [owner = ""] = alike.map(({ metadata }) => metadata?.labels?.[stackLabel]);
  const sentences: Record<Exclude<Verdict, "ours" | "adopted">, string> = {
    ending: "being deleted: wait until nothing of it is left, and run the command again.",
    marked:
      `marked as stack ${owner}'s (label ${stackLabel}), not stack ${stack}'s: use another cluster, ` +
      `or end stack ${owner} by its own pulumi destroy.`,
    claimed:
      `of another state of stack ${stack} since (annotation ${claimAnnotation} of namespace ${claimedNamespace}): use that state, or ` +
      `take over what is there on purpose (${handOver}; ${way}).`,
    remade:
      `not what stack ${stack} made, but was made again since, so that its contents are gone: hand it over ` +
      `(${handOver}), then run pulumi refresh --run-program and pulumi up (${way}).`,
    lost:
      `marked as stack ${stack}'s, but the state does not know it: the state is lost or belongs to another stack of that ` +
      `name; restore the state, or take over what is there on purpose (${handOver}; ${way}).`,
    unmarked:
      `of a stack of this program that wrote no mark, and stack ${stack}'s state does not know it: use that stack, or ` +
      `restore its state, or take over what is there on purpose (${handOver}; ${way}).`,
    "somebody's": `not this program's: remove it, use another cluster, or hand it over (${handOver}).`,
  };
  if (verdict === "ours" || verdict === "adopted") return "";
  return `${subject} ${alike.length === 1 ? "is" : "are"} ${sentences[verdict]}`;
}
