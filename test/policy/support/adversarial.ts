/** The tricks that reviewers think of, and what only looks like one. */

import type { StackClass } from "../../../policy/engine/levels.ts";
import type { Fixture } from "./suite.ts";

const meta = { name: "x", namespace: "shlink" };
const ISTIO = "kubernetes:networking.istio.io/v1";
const PLAIN = 'listener "tcp" {\n  tls_disable = 1\n}\n';
const TLS = 'listener "tcp" {\n  tls_cert_file = "a"\n}\n';

export const gateway = (hosts: unknown, server: object = {}): Fixture => ({
  type: `${ISTIO}:Gateway`,
  name: "x",
  props: { metadata: meta, spec: { servers: [{ hosts, ...server }] } },
});
const text = (hosts: string) =>
  `apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata:\n  name: x\n  namespace: shlink\nspec:\n  servers:\n  - hosts: ["${hosts}"]\n`;
const vault = (config: unknown, more: object = {}, opts: Fixture["opts"] = {}): Fixture => ({
  type: "kubernetes:helm.sh/v3:Release",
  name: "vault",
  opts,
  props: {
    chart: "vault",
    version: "0.34.1",
    namespace: "vault",
    values: { global: { tlsDisable: false }, server: { standalone: { config } } },
    ...more,
  },
});
const map = (data: Record<string, string>, kind = "ConfigMap"): Fixture => ({
  type: `kubernetes:core/v1:${kind}`,
  name: "x",
  props: { metadata: { name: "x", namespace: "vault" }, data },
});
const pod = (container: object): Fixture => ({
  type: "kubernetes:core/v1:Pod",
  name: "x",
  props: { metadata: meta, spec: { containers: [container] } },
});

export const caught: [string, Fixture, string][] = [
  ['["*"] by Patch', { ...gateway(["*"]), type: `${ISTIO}:GatewayPatch` }, "W01"],
  [
    '["*"] by List',
    { type: `${ISTIO}:GatewayList`, name: "x", props: { items: [gateway(["*"]).props] } },
    "W01",
  ],
  [
    '["*"] by the core List',
    {
      type: "kubernetes:core/v1:List",
      name: "x",
      props: {
        items: [{ apiVersion: "networking.istio.io/v1", kind: "Gateway", ...gateway(["*"]).props }],
      },
    },
    "W01",
  ],
  [
    '["*"] by a List inside a List',
    {
      type: "kubernetes:core/v1:List",
      name: "x",
      props: {
        items: [
          {
            apiVersion: "networking.istio.io/v1",
            kind: "GatewayList",
            items: [gateway(["*"]).props],
          },
        ],
      },
    },
    "W01",
  ],
  [
    '["*"] by valueYamlFiles',
    {
      type: "kubernetes:helm.sh/v3:Release",
      name: "web",
      props: { chart: "web", valueYamlFiles: [{ text: 'ingress:\n  hosts: ["*"]\n' }] },
    },
    "W13",
  ],
  [
    '["*"] by an object in values',
    {
      type: "kubernetes:helm.sh/v4:Chart",
      name: "web",
      props: {
        chart: "web",
        values: {
          extraObjects: [
            { apiVersion: "networking.istio.io/v1", kind: "Gateway", ...gateway(["*"]).props },
          ],
        },
      },
    },
    "W01",
  ],
  [
    '["*"] by a text in values',
    {
      type: "kubernetes:helm.sh/v3:Release",
      name: "web",
      props: { chart: "web", values: { extraDeploy: [text("*")] } },
    },
    "W01",
  ],
  ['["*"] by a Chart\'s child', gateway(["*"]), "W01"],
  [
    '["*"] by a ConfigGroup\'s text',
    {
      type: "kubernetes:yaml:ConfigGroup",
      name: "x",
      props: { yaml: `${text("s.example.com")}---\n${text("*")}` },
    },
    "W01",
  ],
  [
    '["*"] by a ConfigGroup\'s objects',
    {
      type: "kubernetes:yaml/v2:ConfigGroup",
      name: "x",
      props: {
        objs: [{ apiVersion: "networking.istio.io/v1", kind: "Gateway", ...gateway(["*"]).props }],
      },
    },
    "W01",
  ],
  ['["*"] by a manifest in a ConfigMap', map({ "apply.yaml": text("*") }), "W01"],
  [
    '["*"] by a heredoc in a command',
    {
      type: "command:local:Command",
      name: "x",
      props: { create: `kubectl apply -f - <<EOF\n${text("*")}EOF\n` },
    },
    "W01",
  ],
  ['"./*"', gateway(["./*"]), "W02"],
  ["a scalar", gateway("*"), "W01"],
  [
    "an Ingress without host",
    {
      type: "kubernetes:networking.k8s.io/v1:Ingress",
      name: "x",
      props: { metadata: meta, spec: { rules: [{ http: {} }] } },
    },
    "W12",
  ],
  [
    "an HTTPRoute without hostnames",
    {
      type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
      name: "x",
      props: { metadata: meta, spec: { parentRefs: [{ name: "a" }] } },
    },
    "W10",
  ],
  [
    "a VirtualService",
    {
      type: `${ISTIO}:VirtualService`,
      name: "x",
      props: { metadata: meta, spec: { hosts: ["*"] } },
    },
    "W06",
  ],
  [
    "an old version",
    { ...gateway(["*"]), type: "kubernetes:networking.istio.io/v1alpha3:Gateway" },
    "W01",
  ],
  ["a full-width asterisk", gateway(["\uFF0A"]), "W01"],
  ['tls_disable as "T"', vault(PLAIN.replace("1", '"T"')), "V01"],
  ["tls_disable as 1.0", vault(PLAIN.replace("1", "1.0")), "V01"],
  ["TLS_DISABLE", vault(PLAIN.toUpperCase().replace("TCP", "tcp")), "V01"],
  ["a JSON list", vault('{"listener":[{"tcp":{"tls_disable":true}}]}'), "V01"],
  [
    "after a commented-out 0",
    vault('listener "tcp" {\n  # tls_disable = 0\n  tls_disable = 1\n}'),
    "V01",
  ],
  ["in the second listener", vault(TLS + PLAIN), "V01"],
  ["in base64 of a Secret", map({ x: Buffer.from(PLAIN).toString("base64") }, "Secret"), "V04"],
  [
    "in VAULT_LOCAL_CONFIG",
    pod({
      image: "a:1",
      args: ["server"],
      env: [{ name: "VAULT_LOCAL_CONFIG", value: '{"listener":{"tcp":{"tls_disable":1}}}' }],
    }),
    "V05",
  ],
  ["by absent values", vault(TLS, { values: undefined }), "V03"],
  ["by an absent configuration", vault(undefined), "V02"],
  [
    "in a Vault resource",
    {
      type: "kubernetes:vault.banzaicloud.com/v1alpha1:Vault",
      name: "x",
      props: { metadata: meta, spec: { config: { listener: { tcp: { tls_disable: true } } } } },
    },
    "V06",
  ],
  ["hidden by ignoreChanges", vault(TLS, {}, { ignoreChanges: ["values"] }), "S09"],
  ["hidden by reuseValues", vault(TLS, { reuseValues: true }), "S08"],
  [
    "by value files",
    vault(undefined, {
      valueYamlFiles: [
        {
          text: `server:\n  standalone:\n    config: |\n      listener "tcp" { tls_disable = 1 }\n`,
        },
      ],
      values: { global: { tlsDisable: false } },
    }),
    "V01",
  ],
  [
    "in a store by http",
    {
      type: "kubernetes:external-secrets.io/v1:SecretStore",
      name: "x",
      props: { metadata: meta, spec: { provider: { vault: { server: "HTTP://vault" } } } },
    },
    "V08",
  ],
  [
    "in the provider's address",
    { type: "pulumi:providers:vault", name: "x", props: { address: "http://127.0.0.1:8200" } },
    "V07",
  ],
];

export const accepted: [string, Fixture, StackClass?][] = [
  ["# tls_disable = 1 in a comment", vault(`# tls_disable = 1\n${TLS}`)],
  ["tls_disable = 0", vault(PLAIN.replace("1", "0"))],
  [
    "a mention in an annotation",
    {
      ...gateway(["s.example.com"]),
      props: {
        metadata: { ...meta, annotations: { doc: `${PLAIN} hosts: ["*"]` } },
        spec: { servers: [{ hosts: ["s.example.com"] }] },
      },
    },
  ],
  [
    "a mention in a ConfigMap with documentation",
    map({ "README.md": `Never write this:\n\n${PLAIN}\nor this:\n\n${text("*")}` }),
  ],
  [
    "*.local passed through between clusters",
    gateway(["*.local"], { tls: { mode: "AUTO_PASSTHROUGH" } }),
  ],
  [
    "a delegate",
    { type: `${ISTIO}:VirtualService`, name: "x", props: { metadata: meta, spec: { http: [] } } },
  ],
  [
    "an HTTPRoute inside the mesh",
    {
      type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
      name: "x",
      props: { metadata: meta, spec: { parentRefs: [{ kind: "Service", name: "a" }] } },
    },
  ],
  ["any host in a stack of class dev", gateway(["*"]), "dev"],
  ["a plaintext Vault in a stack of class dev", vault(PLAIN), "dev"],
];
