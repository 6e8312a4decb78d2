import { workloads } from "../../platform/workloads.ts";
import type { AuthorizationPolicy, AuthorizationRule, Pod } from "../facts.ts";
import { finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import { inNamespace, nameOf, podsOf, selects } from "../readings.ts";

const { namespace, labels } = workloads.shlink;

/** What a visitor asks for who follows a link. */
const redirect = { method: "GET", path: "/abc123" };

/** Istio's patterns: exact, or with one star at the beginning or the end. */
function matches(pattern: string, text: string): boolean {
  if (pattern === "*") return true;
  if (pattern.endsWith("*")) return text.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith("*")) return text.endsWith(pattern.slice(1));
  return pattern === text;
}

/** A list that is left out matches everything. */
const among = (patterns: string[] | undefined, text: string) =>
  patterns === undefined || patterns.some((pattern) => matches(pattern, text));

const notAmong = (patterns: string[] | undefined, text: string) =>
  patterns === undefined || !patterns.some((pattern) => matches(pattern, text));

/** Whether a rule is about a redirect that the gateway calls for a visitor. Conditions are taken for met by nobody. */
function concerns({ from, to, when }: AuthorizationRule, principal: string): boolean {
  const called =
    from === undefined ||
    from.some(
      ({ source }) =>
        among(source?.principals, principal) && notAmong(source?.notPrincipals, principal),
    );
  const asked =
    to === undefined ||
    to.some(
      ({ operation = {} }) =>
        operation.hosts === undefined &&
        among(operation.methods, redirect.method) &&
        among(operation.paths, redirect.path) &&
        notAmong(operation.notPaths, redirect.path),
    );
  return called && asked && when === undefined;
}

/** The policies that judge calls of Shlink's pods. */
const judging = (policies: AuthorizationPolicy[]) =>
  policies.filter(
    (policy) =>
      (inNamespace(namespace)(policy) || inNamespace(workloads.istiod.namespace)(policy)) &&
      selects(policy.spec?.selector, labels),
  );

/** The gateway's identity in the mesh, by the account that its pods run as; undefined: it is somebody else's. */
function principalOf(pods: Pod[], others: string[]): string | undefined {
  if (others.includes(workloads.gateway.namespace)) return undefined;
  const account = podsOf(pods, "gateway")[0]?.spec?.serviceAccountName ?? "istio-ingressgateway";
  return `cluster.local/ns/${workloads.gateway.namespace}/sa/${account}`;
}

export const redirectsForbidden = finding({
  id: "redirects-forbidden",
  link: "gateway",
  severity: "broken",
  title: "An AuthorizationPolicy forbids redirects",
  meaning:
    "The mesh's policies deny a visitor's GET of a short link, or no policy that allows something allows that.",
  consequence: "Visitors get 403 with the words `RBAC: access denied`.",
  fix: "Take away the policy that is not the program's; pulumi up --refresh --run-program writes the program's own again.",
  mend: bringBack,
  look: [
    "kubectl get authorizationpolicies -A",
    "kubectl -n shlink get authorizationpolicies -o yaml",
  ],
  needs: ["authorizationPolicies", "pods", "others"],
  find: ({ authorizationPolicies, pods, others }) => {
    const principal = principalOf(pods, others);
    if (principal === undefined) return [];
    const hit = ({ spec }: AuthorizationPolicy) =>
      (spec?.rules ?? []).some((rule) => concerns(rule, principal));
    const own = judging(authorizationPolicies);
    const denying = own.filter((one) => one.spec?.action === "DENY" && hit(one));
    const allowing = own.filter(({ spec }) => (spec?.action ?? "ALLOW") === "ALLOW");
    return [
      ...denying.map((one) => ({ text: `AuthorizationPolicy ${nameOf(one)} denies them` })),
      ...(allowing.length > 0 && !allowing.some(hit)
        ? [{ text: `none of ${allowing.map(nameOf).join(", ")} allows them to ${principal}` }]
        : []),
    ];
  },
});
