import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token, projectName } from "../../platform/project.ts";

export interface AdmissionPoliciesArgs {
  /** Refuse (the default), or only warn the client and mark the audit log. */
  enforce?: boolean;
  /** Namespace whose ConfigMaps may not configure a plaintext Vault. Defaults to "vault". */
  vaultNamespace?: string;
}

/** What one admission policy matches and demands. */
export interface Demand {
  name: string;
  group: string;
  resources: string[];
  validations: { expression: string; message: string }[];
  /** The policy holds in this namespace alone; everywhere when absent. */
  namespace?: string;
}

/**
 * Keeps kubectl from bringing back what the policy pack refuses: hosts that match every name, and a
 * plaintext Vault. CEL cannot share the pack's code, so these are its two required rules once more, coarser.
 */
export class AdmissionPolicies extends pulumi.ComponentResource {
  constructor(name: string, args: AdmissionPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("AdmissionPolicies"), name, {}, opts);
    const actions = args.enforce === false ? ["Warn", "Audit"] : ["Deny"];
    for (const demand of demands(args.vaultNamespace ?? "vault")) this.#install(demand, actions);
    this.registerOutputs({});
  }

  #install(demand: Demand, validationActions: string[]): void {
    const name = `${projectName}-${demand.name}`;
    const parent = { parent: this };
    const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
      demand.name,
      { metadata: { name }, spec: policySpec(demand) },
      parent,
    );
    new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
      demand.name,
      { metadata: { name }, spec: { policyName: policy.metadata.name, validationActions } },
      parent,
    );
  }
}

function policySpec({ group, resources, namespace, validations }: Demand) {
  const rule = {
    apiGroups: [group],
    apiVersions: ["*"],
    operations: ["CREATE", "UPDATE"],
    resources,
    scope: "Namespaced",
  };
  const only = { matchLabels: { "kubernetes.io/metadata.name": namespace ?? "" } };
  return {
    // A rule that cannot be evaluated refuses, as the pack does.
    failurePolicy: "Fail",
    matchConstraints: {
      resourceRules: [rule],
      ...(namespace === undefined ? {} : { namespaceSelector: only }),
    },
    validations: validations.map((validation) => ({ ...validation, reason: "Invalid" })),
  };
}

/** This pattern finds "*", "ns/*", "*.com" and "*.co.uk", with blanks or a final dot. It is RE2, as CEL's `matches` has it. */
export const wideHost = String.raw`^\s*([^/]*/)?\*(\.[^.]*|\.(ac|co|com|edu|gov|net|org)\.[a-zA-Z]{2})?\.?\s*$`;

/** Text that configures a listener. */
export const listenerText = String.raw`(?i)listener`;

/** `tls_disable` outside a comment with a value that is neither 0 nor false nor empty. */
export const tlsDisableText =
  String.raw`(?im)^[ \t]*(([^#/\s]|/[^/])[^#\n]*)?\btls_disable"?[ \t]*[=:][ \t]*` +
  String.raw`([^0f" \t\r\n]|0[\w.]|"[^0fF"]|"0[^"])`;

const quoted = (pattern: string) => `'${pattern.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
const named = (host: string) => `(${host} != '' && !${host}.matches(${quoted(wideHost)}))`;
const namedList = (list: string) => `${list}.all(h, ${named("h")})`;
const given = (list: string) => `(has(${list}) && size(${list}) > 0)`;

/** A demand of one sentence. */
const demand = (
  name: string,
  { group, resources }: Pick<Demand, "group" | "resources">,
  expression: string,
  who: string,
): Demand => ({
  name,
  group,
  resources,
  validations: [{ expression, message: `${who} ${why}.` }],
});

const why =
  "hosts must be named: no wildcard for every name or for a public suffix, and no empty host";

export function demands(vaultNamespace: string): Demand[] {
  return [...istioDemands(), ...kubernetesDemands(), vaultDemand(vaultNamespace)];
}

function istioDemands(): Demand[] {
  const of = (resource: string) => ({ group: "networking.istio.io", resources: [resource] });
  const passthrough = "has(s.tls) && has(s.tls.mode) && s.tls.mode == 'AUTO_PASSTHROUGH'";
  const server = `${given("s.hosts")} && (${namedList("s.hosts")} || (${passthrough} && s.hosts.all(h, h == '*.local')))`;
  const servers = `!has(object.spec.servers) || object.spec.servers.all(s, ${server})`;
  const bound = "has(object.spec.gateways) && size(object.spec.gateways) > 0";
  const hosts = `!has(object.spec.hosts) || ${namedList("object.spec.hosts")}`;
  const route = `(${hosts}) && (!(${bound}) || ${given("object.spec.hosts")})`;
  return [
    demand("gateway-hosts", of("gateways"), servers, "Gateway"),
    demand("virtualservice-hosts", of("virtualservices"), route, "VirtualService"),
    demand("serviceentry-hosts", of("serviceentries"), hosts, "ServiceEntry"),
  ];
}

function kubernetesDemands(): Demand[] {
  const of = (...resources: string[]) => ({ group: "gateway.networking.k8s.io", resources });
  const listener = `(has(l.protocol) && l.protocol in ['TCP', 'UDP']) || (has(l.hostname) && ${named("l.hostname")})`;
  const listeners = `!has(object.spec.listeners) || object.spec.listeners.all(l, ${listener})`;
  const attached =
    "has(object.spec.parentRefs) && object.spec.parentRefs.exists(p, !has(p.kind) || p.kind != 'Service')";
  const hosts = `${given("object.spec.hostnames")} && ${namedList("object.spec.hostnames")}`;
  const routes = of("httproutes", "grpcroutes", "tlsroutes");
  return [
    ingressDemand(),
    demand("listener-hosts", of("gateways", "listenersets"), listeners, "Gateway listener"),
    demand("route-hosts", routes, `!(${attached}) || (${hosts})`, "Route"),
  ];
}

function ingressDemand(): Demand {
  const kind = { group: "networking.k8s.io", resources: ["ingresses"] };
  const rules = `!has(object.spec.rules) || object.spec.rules.all(r, has(r.host) && ${named("r.host")})`;
  const { validations, ...rest } = demand("ingress-hosts", kind, rules, "Ingress");
  const noDefault = {
    expression: "!has(object.spec.defaultBackend)",
    message: "Ingress must not have a default backend: it answers to every host name.",
  };
  return { ...rest, validations: [...validations, noDefault] };
}

function vaultDemand(namespace: string): Demand {
  const plaintext = `object.data[k].matches(${quoted(listenerText)}) && object.data[k].matches(${quoted(tlsDisableText)})`;
  return {
    name: "vault-tls",
    group: "",
    resources: ["configmaps"],
    namespace,
    validations: [
      {
        expression: `!has(object.data) || !object.data.exists(k, ${plaintext})`,
        message:
          "Vault must not listen in plaintext: remove tls_disable and give the listener a certificate.",
      },
    ],
  };
}
