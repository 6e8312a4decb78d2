import { stackLabel } from "../../platform/marks.ts";
import type { KubeObject } from "../facts.ts";
import { finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import { nameOf } from "../readings.ts";

/** The names by which Pulumi's plugin writes, by server-side apply and before it. */
const ours = /^pulumi-/;

/** Who else set something in the spec of an object that this program made. */
const editors = ({ metadata: { labels, managedFields } }: KubeObject) =>
  labels?.[stackLabel] === undefined
    ? []
    : (managedFields ?? [])
        .filter(({ manager = "", fieldsV1 }) => !ours.test(manager) && fieldsV1?.["f:spec"])
        .map(({ manager, time }) => `${manager ?? "somebody"}${time ? ` at ${time}` : ""}`);

const kinds = [
  "gateways",
  "virtualServices",
  "destinationRules",
  "peerAuthentications",
  "authorizationPolicies",
  "networkPolicies",
] as const;

export const editedByHand = finding({
  id: "edited-by-hand",
  link: "upkeep",
  severity: "warning",
  title: "A rule was edited past the program",
  meaning:
    "Somebody else set a field of a route, a policy of the mesh or a network policy that the program made. A refresh of " +
    "Pulumi's compares only what the program says: an entry that was added at the end of a list, or a field that the program leaves out, stays unseen.",
  consequence:
    "What was added counts, and neither pulumi up nor the nightly look for drift takes it back.",
  fix: "Look at who set what, and write what is to stay into the stack file. Then delete the object: pulumi up makes it anew as the program says, and until then its rule does not hold.",
  mend: ["kubectl -n NAMESPACE delete KIND NAME", ...bringBack],
  look: [
    "kubectl -n shlink get gateways,virtualservices,destinationrules,peerauthentications,authorizationpolicies -o yaml --show-managed-fields",
    "kubectl get networkpolicies -A -o yaml --show-managed-fields",
  ],
  needs: kinds,
  find: (facts) =>
    kinds.flatMap((kind) =>
      facts[kind].flatMap((object) =>
        editors(object).map((who) => ({ text: `${kind} ${nameOf(object)} was set by ${who}` })),
      ),
    ),
});
