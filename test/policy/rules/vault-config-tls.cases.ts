import { vaultConfigTls } from "../../../policy/rules/vault-config-tls.ts";
import {
  OPERATED_VAULT,
  PLAIN,
  TLS,
  VAULT_CONFIG,
  VAULT_POD,
  VAULT_SECRET,
} from "../support/fixtures/vault.ts";
import { judged, plaintext, unjudged } from "../support/fixtures/vault-texts.ts";
import { CONTAINER } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const UNREADABLE = "tls_disable has a value that Vault does not understand.";
const C = 'ConfigMap "vault/vault-config"';
const TEXT = "the text configures a Vault listener with tls_disable on.";
const P = 'StatefulSet "vault/vault", spec.template.spec.containers[0]';
const RUNS = "the container runs Vault with a plaintext listener.";
const UNJUDGED = "the text configures a Vault listener in a way that cannot be judged.";
const DEV_LINE = "the command line starts a Vault dev server.";
const DEV_LINES = [
  "vault server -dev-root-token-id=root",
  "vault server '-dev'",
  '"server" "--dev-ha"',
  "vault server -dev -dev-tls-san=a",
  "vault server -dev -dev-tls=false",
];
const DEV_IMAGES = ["hashicorp/vault-enterprise:1.21", "openbao/openbao-hsm-ubi", "vault@sha256:0"];
const NO_HCL = "the Vault configuration cannot be read as HCL or JSON.";

export const suite = new Cases(vaultConfigTls, {
  map: VAULT_CONFIG,
  secret: VAULT_SECRET,
  pod: VAULT_POD,
  operated: OPERATED_VAULT,
})
  .good("a mention in an annotation", "map", { "metadata annotations": { note: PLAIN } })
  .bad(
    "a plaintext listener",
    "map",
    { "data server.hcl": PLAIN },
    `V04 ${C}, data["server.hcl"]: ${TEXT}`,
  )
  .bad(
    "under any key",
    "map",
    { "data x": `{"LISTENER":[{"tcp":{"tls_disable":"1"}}]}` },
    `V04 ${C}, data.x: ${TEXT}`,
  )
  .bad(
    "a value that Vault refuses",
    "map",
    { "data server.hcl": PLAIN.replace("1", '"on"') },
    `V04 ${C}, data["server.hcl"]: ${UNREADABLE}`,
  )
  .bad(
    "a configuration that calls itself documentation",
    "map",
    { "data b.txt": PLAIN },
    `V04 ${C}, data["b.txt"]: ${TEXT}`,
  )
  .bad(
    "the YAML of a release",
    "map",
    { "data values.yaml": JSON.stringify({ server: { config: PLAIN } }) },
    `V04 ${C}, data["values.yaml"].server.config: ${TEXT}`,
  )
  .bad(
    "a template in the values of another program's release",
    "map",
    {
      "@type": "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
      spec: { values: { server: { config: `${TLS}# {{ x }}` } } },
    },
    `V11 HelmRelease "vault/vault-config", spec.values.server.config: ${UNJUDGED}`,
  )
  .bad(
    "values as text in another program's release",
    "map",
    {
      "@type": "kubernetes:argoproj.io/v1alpha1:Application",
      spec: { source: { helm: { values: JSON.stringify({ server: { config: PLAIN } }) } } },
    },
    `V04 Application "vault/vault-config", spec.source.helm.values.server.config: ${TEXT}`,
  )
  .bad(
    "in a script",
    "map",
    { "data run.sh": `#!/bin/sh\ncat > /tmp/c.hcl <<EOF\n${PLAIN}EOF\nvault server\n` },
    `V04 ${C}, data["run.sh"]: ${TEXT}`,
  )
  .bad(
    "as binary data",
    "map",
    { "binaryData x": Buffer.from(PLAIN).toString("base64") },
    `V04 ${C}, binaryData.x: ${TEXT}`,
  )
  .bad(
    "in a Secret",
    "secret",
    { "stringData server.hcl": PLAIN },
    `V04 Secret "vault/vault-config", stringData["server.hcl"]: ${TEXT}`,
  )
  .bad(
    "in a Secret's base64",
    "secret",
    { "data x": Buffer.from(PLAIN).toString("base64") },
    `V04 Secret "vault/vault-config", data.x: ${TEXT}`,
  )
  .bad(
    "in a list",
    "map",
    {
      "@type": "kubernetes:core/v1:ConfigMapList",
      items: [{ metadata: { name: "a", namespace: "vault" }, data: { x: PLAIN } }],
    },
    `V04 ConfigMap "vault/a", items[0].data.x: ${TEXT}`,
  )
  .good("TLS in dev mode", "pod", { [`${CONTAINER} args`]: ["server", "-dev", "-dev-tls"] })
  .good("an agent", "pod", { [`${CONTAINER} args`]: undefined })
  .good("another image without arguments", "pod", {
    [CONTAINER]: { name: "web", image: "docker.io/library/vault-exporter:1.0" },
  })
  .good("another program's -dev", "pod", {
    [CONTAINER]: { image: "x:1", command: ["npm", "install", "-dev"] },
  })
  .bad(
    "a variable",
    "pod",
    { [`${CONTAINER} env 0 value`]: '{"listener":{"tcp":{"tls_disable":true}}}' },
    `V05 ${P}.env[0].value: ${RUNS}`,
  )
  .bad(
    "an echo on the command line",
    "pod",
    {
      [`${CONTAINER} args`]: [
        "-c",
        "echo 'listener \"tcp\" { tls_disable = 1 }' | vault server -config -",
      ],
    },
    `V11 ${P}.args[1]: ${UNJUDGED}`,
  )
  .bad(
    "a variable that is not plain",
    "pod",
    { [`${CONTAINER} env 0 value`]: TLS.replace("address", '"addr\\u0065ss"') },
    `V11 ${P}.env[0].value: ${UNJUDGED}`,
  )
  .bad(
    "a broken variable",
    "pod",
    { [`${CONTAINER} env 0 value`]: "{" },
    `V05 ${P}.env[0].value: ${NO_HCL}`,
  )
  .bad(
    "a variable in Helm values",
    "pod",
    {
      "@type": "kubernetes:helm.sh/v3:Release",
      values: { server: { extraEnvironmentVars: { VAULT_LOCAL_CONFIG: PLAIN } } },
    },
    `V05 Helm release "vault" (chart vault), values.server.extraEnvironmentVars.VAULT_LOCAL_CONFIG: ${RUNS}`,
  )
  .bad(
    "a heredoc on the command line",
    "pod",
    {
      [`${CONTAINER} args`]: [
        "-c",
        `cat > c.hcl <<'X'\n${PLAIN}X\nexec vault server -config c.hcl`,
      ],
    },
    `V05 ${P}.args[1]: ${RUNS}`,
  )
  .bad(
    "dev mode",
    "pod",
    { [`${CONTAINER} args`]: ["server", "-dev"] },
    `V05 ${P}.args: ${DEV_LINE}`,
  )
  .bad(
    "dev mode in a shell",
    "pod",
    { [`${CONTAINER} args`]: ["sh", "-c", "vault server --dev=true"] },
    `V05 ${P}.args: ${DEV_LINE}`,
  )
  .bad(
    "a script",
    "map",
    { "data run.sh": "#!/bin/sh\nexec vault server \\\n  -dev-root-token-id=root" },
    `V05 ${C}, data["run.sh"]: the script starts a Vault dev server.`,
  )
  .good("a comment, documentation and a script that is another's or has TLS", "map", {
    "data run.sh": "# vault server -dev\nvault status\nweb -dev",
    "data run.md": "Never run vault server -dev.",
    "data b.txt": "Never run vault server -dev.",
    "data tls.sh": "vault server -dev-tls=true",
  })
  .good("a script in a Secret's place", "secret", { "data run.sh": "vault server -dev" })
  .good("a script of another kind", "map", {
    "@type": "kubernetes:example.com/v1:ConfigMap",
    "data run.sh": "vault server -dev",
  })
  .bad(
    "containers in a chart's values",
    "pod",
    {
      "@type": "kubernetes:helm.sh/v3:Release",
      values: {
        image: "vault",
        extraContainers: [{ args: ["server", "-dev"] }, "vault"],
        more: { image: "vault" },
      },
    },
    `V05 Helm release "vault" (chart vault), values.extraContainers[0].args: ${DEV_LINE}`,
  )
  .bad(
    "containers in the values of another program's release",
    "map",
    {
      "@type": "kubernetes:argoproj.io/v1alpha1:Application",
      spec: { source: { helm: { values: '{"sidecarContainers":[{"args":["server","-dev"]}]}' } } },
    },
    `V05 Application "vault/vault-config", spec.source.helm.values.sidecarContainers[0].args: ${DEV_LINE}`,
  )
  .bad(
    "the image's own default",
    "pod",
    { [CONTAINER]: { image: "hashicorp/vault:2.0.4" } },
    `V05 ${P}.args: the image starts a Vault dev server when no arguments are given.`,
  )
  .bad(
    "an init container",
    "pod",
    { "spec template spec initContainers": [{ image: "openbao/openbao" }] },
    'V05 StatefulSet "vault/vault", spec.template.spec.initContainers[0].args: the image starts a Vault dev server when no arguments are given.',
  )
  .unknown(
    "a variable that is an output",
    "pod",
    { [`${CONTAINER} env 0 value`]: UNKNOWN },
    "spec.template.spec.containers[0].env[0].value",
  )
  .good("an operated Vault without configuration", "operated", { "spec config": undefined })
  .good("another kind of that operator", "operated", {
    "@type": "kubernetes:vault.banzaicloud.com/v1alpha1:Other",
    "spec config listener tcp tls_disable": true,
  })
  .good("a Vault of another API", "operated", {
    "@type": "kubernetes:example.com/v1:Vault",
    "spec config listener tcp tls_disable": true,
  })
  .bad(
    "an operated Vault",
    "operated",
    { "spec config listener tcp tls_disable": true },
    'V06 Vault "vault/vault", spec.config: the Vault resource configures a listener with tls_disable on.',
  )
  .bad(
    "an operated Vault with a text",
    "operated",
    { "spec config": PLAIN },
    'V06 Vault "vault/vault", spec.config: the Vault resource configures a listener with tls_disable on.',
  )
  .bad(
    "an operated Vault with a number",
    "operated",
    { "spec config": 7 },
    `V06 Vault "vault/vault", spec.config: ${NO_HCL}`,
  )
  .unknown(
    "an operated Vault's configuration that is an output",
    "operated",
    { "spec config": UNKNOWN },
    "spec.config",
  );

for (const [title, [key, text]] of Object.entries(judged))
  suite.good(title, "map", { [`data ${key}`]: text });
for (const [title, [, text]] of Object.entries(plaintext))
  suite.bad(title, "map", { "data x": text }, `V04 ${C}, data.x: ${TEXT}`);
for (const [title, [key, text]] of Object.entries(unjudged)) {
  const path = key === "x" ? "data.x" : `data["${key}"]`;
  suite.bad(title, "map", { [`data ${key}`]: text }, `V11 ${C}, ${path}: ${UNJUDGED}`);
}
for (const line of DEV_LINES) {
  const change = { [`${CONTAINER} args`]: ["-c", line] };
  suite.bad(`dev mode by ${line}`, "pod", change, `V05 ${P}.args: ${DEV_LINE}`);
}
for (const image of DEV_IMAGES) {
  const detail = "the image starts a Vault dev server when no arguments are given.";
  suite.bad(
    `the default of ${image}`,
    "pod",
    { [CONTAINER]: { image } },
    `V05 ${P}.args: ${detail}`,
  );
}
