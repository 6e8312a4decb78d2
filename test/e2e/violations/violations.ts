import * as k8s from "@pulumi/kubernetes";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { type ChartName, locate } from "../../../platform/charts.ts";
import { chartMirror } from "../../../local/lib/paths.ts";

/** Something that a required policy refuses in prod. */
export interface Violation {
  policy: string;
  create: (name: string, opts: CustomResourceOptions) => Resource;
}

const namespace = "default";

function custom(policy: string, apiVersion: string, kind: string, spec: object): Violation {
  return {
    policy,
    create: (name, opts) =>
      new k8s.apiextensions.CustomResource(
        name,
        { apiVersion, kind, metadata: { name, namespace }, spec },
        opts,
      ),
  };
}

const gateway = (host: string) =>
  custom("wildcard-hosts-istio", "networking.istio.io/v1", "Gateway", {
    selector: { istio: "ingressgateway" },
    servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: [host] }],
  });

const ingress = (host?: string): Violation => ({
  policy: "wildcard-hosts-kubernetes",
  create: (name, opts) =>
    new k8s.networking.v1.Ingress(
      name,
      {
        metadata: { name, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          rules: [
            {
              ...(host === undefined ? {} : { host }),
              http: { paths: [{ path: "/", pathType: "Prefix", backend }] },
            },
          ],
        },
      },
      opts,
    ),
});
const backend = { service: { name: "shlink", port: { number: 8080 } } };

/** Vault's own configuration, as a file that a pod mounts. */
const vaultConfig = (file: string, text: string): Violation => ({
  policy: "vault-config-tls",
  create: (name, opts) =>
    new k8s.core.v1.ConfigMap(
      name,
      { metadata: { name, namespace }, data: { [file]: text } },
      opts,
    ),
});

const helmRelease = (policy: string, chart: ChartName, values: object): Violation => ({
  policy,
  create: (name, opts) =>
    new k8s.helm.v3.Release(
      name,
      { ...locate(chart, { mirror: chartMirror }), name, namespace, values },
      opts,
    ),
});

/** A harmless Gateway whose harm would go unseen. */
const hiddenGateway: Violation = {
  policy: "hidden-changes",
  create: (name, opts) =>
    gateway("s.example.com").create(name, { ...opts, ignoreChanges: ["spec"] }),
};

export const violations: Record<string, Violation> = {
  "bad-gateway": gateway("*"),
  "bad-gateway-namespace": gateway("*/*"),
  "bad-virtual-service": custom(
    "wildcard-hosts-istio",
    "networking.istio.io/v1",
    "VirtualService",
    { hosts: ["*"], http: [{ route: [{ destination: { host: "shlink" } }] }] },
  ),
  "bad-ingress": ingress(),
  "bad-ingress-suffix": ingress("*.com"),
  "bad-http-route": custom(
    "wildcard-hosts-kubernetes",
    "gateway.networking.k8s.io/v1",
    "HTTPRoute",
    {
      parentRefs: [{ name: "public" }],
      rules: [{ backendRefs: [{ name: "shlink", port: 8080 }] }],
    },
  ),
  "bad-vault-hcl": vaultConfig(
    "vault.hcl",
    'listener "tcp" {\n  address = "[::]:8200"\n  tls_disable = 1\n}\n',
  ),
  "bad-vault-word": vaultConfig(
    "vault.hcl",
    'listener "tcp" {\n  address = "[::]:8200"\n  "tls_disable" = "t"\n}\n',
  ),
  "bad-vault-json": vaultConfig(
    "vault.json",
    JSON.stringify({ listener: [{ tcp: { address: "[::]:8200", tls_disable: "true" } }] }),
  ),
  "bad-values": helmRelease("wildcard-hosts-values", "redisOperator", {
    ingress: { enabled: true, hosts: ["*"] },
  }),
  "bad-store": custom("vault-client-tls", "external-secrets.io/v1", "SecretStore", {
    provider: { vault: { server: "http://vault.vault.svc:8200", path: "secret" } },
  }),
  "bad-hidden": hiddenGateway,
  "bad-vault-release": helmRelease("vault-server-tls", "vault", {
    global: { tlsDisable: true },
    injector: { enabled: false },
  }),
};
