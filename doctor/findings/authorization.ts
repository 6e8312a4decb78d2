import { workloads } from "../../platform/workloads.ts";
import type { AuthorizationPolicy, AuthorizationRule, Pod } from "../facts.ts";
import { type Evidence, finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import { basePathOf, hostsOf, inNamespace, nameOf, podsOf, selects } from "../readings.ts";

const { shlink, gateway } = workloads;

type Sender = NonNullable<AuthorizationRule["from"]>[number];
type Operation = NonNullable<AuthorizationRule["to"]>[number];

/** Istio's patterns: exact, or with one star at the beginning or the end. */
function matches(pattern: string, text: string): boolean {
  if (pattern === "*") return true;
  if (pattern.endsWith("*")) return text.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith("*")) return text.endsWith(pattern.slice(1));
  return pattern === text;
}

/** A list that is left out matches everything. */
const among = (patterns: string[] | undefined, texts: string[]) =>
  patterns === undefined ||
  patterns.some((pattern) => texts.some((text) => matches(pattern, text)));

const notAmong = (patterns: string[] | undefined, texts: string[]) =>
  patterns === undefined || !among(patterns, texts);

/** A visitor's redirect, as the pods see it that a policy judges. */
interface Call {
  path: string;
  /** The caller's identity in the mesh; a visitor has none. */
  principals: string[];
  /** The caller's namespace, likewise. */
  namespaces: string[];
  hosts: string[];
  port: number;
}

/** The fields of a source that are known beforehand; where visitors come from, and what their tokens say, is not. */
const knownOfSource = ["principals", "notPrincipals", "namespaces", "notNamespaces"];

function isFrom({ source = {} }: Sender, call: Call, unknown: boolean): boolean {
  const open = Object.keys(source).some((field) => !knownOfSource.includes(field));
  return (
    (!open || unknown) &&
    among(source.principals, call.principals) &&
    notAmong(source.notPrincipals, call.principals) &&
    among(source.namespaces, call.namespaces) &&
    notAmong(source.notNamespaces, call.namespaces)
  );
}

/** Hosts may have the port behind them, which a visitor's has not. */
const isTo = ({ operation: one = {} }: Operation, { path, hosts, port }: Call) =>
  among(one.methods, ["GET"]) &&
  notAmong(one.notMethods, ["GET"]) &&
  among(one.paths, [path]) &&
  notAmong(one.notPaths, [path]) &&
  among(one.hosts, hosts) &&
  notAmong(one.notHosts, hosts) &&
  among(one.ports, [`${port}`]) &&
  notAmong(one.notPorts, [`${port}`]);

/**
 * Whether a rule is about a redirect. Conditions are taken for met by nobody. `unknown` says whether a visitor counts as whom a
 * rule asks for by what nobody knows: not in a policy that denies, but in one that allows, which may be meant for visitors.
 */
function concerns({ from, to, when }: AuthorizationRule, call: Call, unknown: boolean): boolean {
  const called = from === undefined || from.some((sender) => isFrom(sender, call, unknown));
  const asked = to === undefined || to.some((operation) => isTo(operation, call));
  return called && asked && when === undefined;
}

/** The policies that judge calls of pods; one that is only tried out, or that is about no pods, does not. */
const judging = (policies: AuthorizationPolicy[], workload: "shlink" | "gateway") =>
  policies.filter(
    (policy) =>
      (inNamespace(workloads[workload].namespace)(policy) ||
        inNamespace(workloads.istiod.namespace)(policy)) &&
      policy.metadata.annotations?.["istio.io/dry-run"] !== "true" &&
      policy.spec?.targetRefs === undefined &&
      policy.spec?.targetRef === undefined &&
      selects(policy.spec?.selector, workloads[workload].labels),
  );

const actionOf = ({ spec }: AuthorizationPolicy) => spec?.action ?? "ALLOW";

/**
 * What the policies of some pods say against a call. Where the mesh does not know the external authorizer of a policy, Istio
 * denies what the policy would have it asked for; what one answers that it knows, nobody can tell.
 */
function objections(
  policies: AuthorizationPolicy[],
  call: Call,
  { who, authorizers }: { who: string; authorizers: string[] | undefined },
): Evidence[] {
  const hit = (one: AuthorizationPolicy) =>
    (one.spec?.rules ?? []).some((rule) => concerns(rule, call, actionOf(one) === "ALLOW"));
  const of = (action: string) => policies.filter((one) => actionOf(one) === action);
  const allowing = of("ALLOW");
  const authorizerOf = ({ spec }: AuthorizationPolicy) => spec?.provider?.name ?? "";
  const isLost = (one: AuthorizationPolicy) => authorizers?.includes(authorizerOf(one)) === false;
  return [
    ...of("DENY")
      .filter(hit)
      .map((one) => ({ text: `AuthorizationPolicy ${nameOf(one)} denies them` })),
    ...of("CUSTOM")
      .filter((one) => isLost(one) && hit(one))
      .map((one) => ({
        text: `AuthorizationPolicy ${nameOf(one)} has them judged by ${authorizerOf(one)}, which is no authorizer in the mesh's extensionProviders`,
      })),
    ...(allowing.length > 0 && !allowing.some(hit)
      ? [{ text: `none of ${allowing.map(nameOf).join(", ")} allows them to ${who}` }]
      : []),
  ];
}

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
    "The mesh's policies deny a visitor's GET of a short link, or no policy that allows something allows that, or one has it judged by an external authorizer that the mesh's configuration does not name.",
  consequence: "Visitors get 403 with the words `RBAC: access denied`.",
  fix: "Take away the policy that is not the program's; pulumi up --refresh --run-program writes the program's own again.",
  mend: bringBack,
  look: [
    "kubectl get authorizationpolicies -A",
    "kubectl -n shlink get authorizationpolicies -o yaml",
  ],
  needs: ["authorizationPolicies", "pods", "gateways", "deployments", "others"],
  also: ["authorizers"],
  find: ({ authorizationPolicies, pods, gateways, deployments, others, authorizers }) => {
    const principal = principalOf(pods, others);
    if (principal === undefined) return [];
    const link = { path: `${basePathOf(deployments)}/abc123`, hosts: hostsOf(gateways) };
    const visitor = { ...link, principals: [], namespaces: [], port: gateway.ports.http };
    const called = {
      ...link,
      principals: [principal],
      namespaces: [gateway.namespace],
      port: shlink.ports.http,
    };
    return [
      ...objections(judging(authorizationPolicies, "gateway"), visitor, {
        who: "visitors",
        authorizers,
      }),
      ...objections(judging(authorizationPolicies, "shlink"), called, {
        who: principal,
        authorizers,
      }),
    ].filter(({ text }, index, all) => all.findIndex((one) => one.text === text) === index);
  },
});
