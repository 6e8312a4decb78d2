import { workloads } from "../../platform/workloads.ts";
import type { DestinationRule, PeerAuthentication } from "../facts.ts";
import { finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import { inNamespace, nameOf, podsOf, selects } from "../readings.ts";

const { namespace, labels, ports } = workloads.shlink;
const sidecar = "istio-proxy";
const sidecarLook = [
  "kubectl get namespace shlink --show-labels",
  "kubectl -n shlink get pods -l app=shlink",
  "kubectl -n istio-system get pods",
];
const mtlsLook = [
  "kubectl get peerauthentications -A",
  "kubectl -n shlink get destinationrules -o yaml",
];

export const sidecarMissing = finding({
  id: "sidecar-missing",
  link: "mesh",
  severity: "broken",
  title: "A Shlink pod has no sidecar",
  meaning:
    "A pod of Shlink was made without Istio's proxy: its namespace is not labelled, or istiod was away.",
  consequence:
    "The gateway speaks mutual TLS to a pod that does not: its share of the requests fails with 503.",
  fix: "Label the namespace again (pulumi up --refresh --run-program), see that istiod runs, and restart the Deployment: a pod gets its sidecar when it is made.",
  mend: [
    "kubectl label namespace shlink istio-injection=enabled --overwrite",
    "kubectl -n shlink rollout restart deployment/shlink",
  ],
  look: sidecarLook,
  needs: ["pods", "namespaces"],
  find: ({ pods, namespaces }) => [
    ...podsOf(pods, "shlink")
      .filter(({ spec }) =>
        [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].every(
          ({ name }) => name !== sidecar,
        ),
      )
      .map((pod) => ({ text: `pod ${nameOf(pod)} has no container ${sidecar}` })),
    ...namespaces
      .filter(({ metadata }) => metadata.name === namespace)
      // Where both labels are, Istio follows istio-injection.
      .filter(({ metadata: { labels: own = {} } }) => {
        const { "istio-injection": plain, "istio.io/rev": revision } = own;
        return plain === undefined ? !revision : plain !== "enabled";
      })
      .map(() => ({ text: `namespace ${namespace} lacks the label istio-injection=enabled` })),
  ],
});

/** The mode that counts for Shlink's pods: their own policy's before their namespace's before the mesh's. */
function mutualTls(policies: PeerAuthentication[]): string {
  const own = policies.filter(inNamespace(namespace));
  const isGeneral = ({ spec }: PeerAuthentication) => spec?.selector === undefined;
  const particular = own.find((one) => !isGeneral(one) && selects(one.spec?.selector, labels));
  const byRank = [
    particular,
    own.find(isGeneral),
    policies.filter(inNamespace(workloads.istiod.namespace)).find(isGeneral),
  ];
  const modes = [
    particular?.spec?.portLevelMtls?.[ports.http]?.mode,
    ...byRank.map((policy) => policy?.spec?.mtls?.mode),
  ];
  return modes.find((mode) => mode !== undefined && mode !== "UNSET") ?? "PERMISSIVE";
}

const fullHost = `shlink.${namespace}.svc.cluster.local`;

/** A short name is of the rule's own namespace, and a star stands for the beginning of a name. */
function forShlink({ metadata, spec }: DestinationRule): boolean {
  const { host = "" } = spec ?? {};
  if (host.startsWith("*")) return fullHost.endsWith(host.slice(1));
  const inPlace = host === "shlink" && metadata.namespace === namespace;
  return inPlace || host === fullHost || host === `shlink.${namespace}.svc`;
}

/** Istio takes the caller's rule before that of the called, and that before the mesh's; in each place the most exact one. */
function rulesThatCount(rules: DestinationRule[]): DestinationRule[] {
  const places = [workloads.gateway.namespace, namespace, workloads.istiod.namespace];
  const own = places.map((place) => rules.filter(inNamespace(place)).filter(forShlink));
  const exactness = ({ spec }: DestinationRule) =>
    spec?.host?.startsWith("*") === true ? spec.host.length : Infinity;
  const first = own.find((some) => some.length > 0) ?? [];
  const most = Math.max(...first.map(exactness));
  return first.filter((rule) => exactness(rule) === most);
}

/** How a rule lets Shlink's port be called: what it says of the port before what it says of all. */
function tlsMode({ spec }: DestinationRule): string {
  const { tls, portLevelSettings = [] } = spec?.trafficPolicy ?? {};
  const own = portLevelSettings.find(({ port }) => port?.number === ports.http);
  return (own?.tls ?? tls)?.mode ?? "ISTIO_MUTUAL";
}

export const mtlsMismatch = finding({
  id: "mtls-mismatch",
  link: "mesh",
  severity: "broken",
  title: "The gateway and Shlink do not agree on mutual TLS",
  meaning:
    "A DestinationRule turns mutual TLS off for who calls Shlink, while Shlink's pods demand it or know their callers by it; or the other way round.",
  consequence: "The gateway's calls are refused: visitors get 503, or 403.",
  fix: "pulumi up --refresh --run-program writes both again: STRICT on the pods, ISTIO_MUTUAL on the way to them.",
  mend: bringBack,
  look: mtlsLook,
  needs: ["destinationRules", "peerAuthentications"],
  find: ({ destinationRules, peerAuthentications }) => {
    const mode = mutualTls(peerAuthentications);
    return rulesThatCount(destinationRules).flatMap((rule) => {
      const called = tlsMode(rule);
      // Pods that take calls in clear, too, do not know who sends them, and let nobody in.
      const refused = (mode === "DISABLE") === (called === "ISTIO_MUTUAL");
      return refused
        ? [{ text: `DestinationRule ${nameOf(rule)} says ${called}, the pods' mode is ${mode}` }]
        : [];
    });
  },
});

export const mtlsNotStrict = finding({
  id: "mtls-not-strict",
  link: "mesh",
  severity: "warning",
  title: "Shlink's pods take calls in clear",
  meaning: "The policy that counts for Shlink's pods does not demand mutual TLS.",
  consequence: "Whoever reaches a pod's address may call it past the mesh, unseen and unjudged.",
  fix: "pulumi up --refresh --run-program writes the PeerAuthentication with STRICT again.",
  mend: bringBack,
  look: mtlsLook,
  needs: ["peerAuthentications"],
  find: ({ peerAuthentications }) => {
    const mode = mutualTls(peerAuthentications);
    return mode === "STRICT" ? [] : [{ text: `mutual TLS in namespace shlink is ${mode}` }];
  },
});
