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
  .good("map", {
    "a mention in an annotation": { "metadata annotations": { note: PLAIN } },
    "a comment, documentation and a script that is another's or has TLS": {
      "data run.sh": "# vault server -dev\nvault status\nweb -dev",
      "data run.md": "Never run vault server -dev.",
      "data b.txt": "Never run vault server -dev.",
      "data tls.sh": "vault server -dev-tls=true",
    },
    "a script of another kind": {
      "@type": "kubernetes:example.com/v1:ConfigMap",
      "data run.sh": "vault server -dev",
    },
  })
  .bad("map", `V04 ${C}, data["server.hcl"]: ${TEXT}`, {
    "a plaintext listener": { "data server.hcl": PLAIN },
  })
  .bad("map", `V04 ${C}, data.x: ${TEXT}`, {
    "under any key": { "data x": `{"LISTENER":[{"tcp":{"tls_disable":"1"}}]}` },
  })
  .bad("map", `V04 ${C}, data["server.hcl"]: ${UNREADABLE}`, {
    "a value that Vault refuses": { "data server.hcl": PLAIN.replace("1", '"on"') },
  })
  .bad("map", `V04 ${C}, data["b.txt"]: ${TEXT}`, {
    "a configuration that calls itself documentation": { "data b.txt": PLAIN },
  })
  .bad("map", `V04 ${C}, data["values.yaml"].server.config: ${TEXT}`, {
    "the YAML of a release": { "data values.yaml": JSON.stringify({ server: { config: PLAIN } }) },
  })
  .bad("map", `V11 HelmRelease "vault/vault-config", spec.values.server.config: ${UNJUDGED}`, {
    "a template in the values of another program's release": {
      "@type": "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
      spec: { values: { server: { config: `${TLS}# {{ x }}` } } },
    },
  })
  .bad(
    "map",
    `V04 Application "vault/vault-config", spec.source.helm.values.server.config: ${TEXT}`,
    {
      "values as text in another program's release": {
        "@type": "kubernetes:argoproj.io/v1alpha1:Application",
        spec: { source: { helm: { values: JSON.stringify({ server: { config: PLAIN } }) } } },
      },
    },
  )
  .bad("map", `V04 ${C}, data["run.sh"]: ${TEXT}`, {
    "in a script": {
      "data run.sh": `#!/bin/sh\ncat > /tmp/c.hcl <<EOF\n${PLAIN}EOF\nvault server\n`,
    },
  })
  .bad("map", `V04 ${C}, binaryData.x: ${TEXT}`, {
    "as binary data": { "binaryData x": Buffer.from(PLAIN).toString("base64") },
  })
  .bad("secret", `V04 Secret "vault/vault-config", stringData["server.hcl"]: ${TEXT}`, {
    "in a Secret": { "stringData server.hcl": PLAIN },
  })
  .bad("secret", `V04 Secret "vault/vault-config", data.x: ${TEXT}`, {
    "in a Secret's base64": { "data x": Buffer.from(PLAIN).toString("base64") },
  })
  .bad("map", `V04 ConfigMap "vault/a", items[0].data.x: ${TEXT}`, {
    "in a list": {
      "@type": "kubernetes:core/v1:ConfigMapList",
      items: [{ metadata: { name: "a", namespace: "vault" }, data: { x: PLAIN } }],
    },
  })
  .good("pod", {
    "TLS in dev mode": { [`${CONTAINER} args`]: ["server", "-dev", "-dev-tls"] },
    "an agent": { [`${CONTAINER} args`]: undefined },
    "another image without arguments": {
      [CONTAINER]: { name: "web", image: "docker.io/library/vault-exporter:1.0" },
    },
    "another program's -dev": {
      [CONTAINER]: { image: "x:1", command: ["npm", "install", "-dev"] },
    },
  })
  .bad("pod", `V05 ${P}.env[0].value: ${RUNS}`, {
    "a variable": { [`${CONTAINER} env 0 value`]: '{"listener":{"tcp":{"tls_disable":true}}}' },
  })
  .bad("pod", `V11 ${P}.args[1]: ${UNJUDGED}`, {
    "an echo on the command line": {
      [`${CONTAINER} args`]: [
        "-c",
        "echo 'listener \"tcp\" { tls_disable = 1 }' | vault server -config -",
      ],
    },
  })
  .bad("pod", `V11 ${P}.env[0].value: ${UNJUDGED}`, {
    "a variable that is not plain": {
      [`${CONTAINER} env 0 value`]: TLS.replace("address", '"addr\\u0065ss"'),
    },
  })
  .bad("pod", `V05 ${P}.env[0].value: ${NO_HCL}`, {
    "a broken variable": { [`${CONTAINER} env 0 value`]: "{" },
  })
  .bad(
    "pod",
    `V05 Helm release "vault" (chart vault), values.server.extraEnvironmentVars.VAULT_LOCAL_CONFIG: ${RUNS}`,
    {
      "a variable in Helm values": {
        "@type": "kubernetes:helm.sh/v3:Release",
        values: { server: { extraEnvironmentVars: { VAULT_LOCAL_CONFIG: PLAIN } } },
      },
    },
  )
  .bad("pod", `V05 ${P}.args[1]: ${RUNS}`, {
    "a heredoc on the command line": {
      [`${CONTAINER} args`]: [
        "-c",
        `cat > c.hcl <<'X'\n${PLAIN}X\nexec vault server -config c.hcl`,
      ],
    },
  })
  .bad("pod", `V05 ${P}.args: ${DEV_LINE}`, {
    "dev mode": { [`${CONTAINER} args`]: ["server", "-dev"] },
    "dev mode in a shell": { [`${CONTAINER} args`]: ["sh", "-c", "vault server --dev=true"] },
  })
  .bad("map", `V05 ${C}, data["run.sh"]: the script starts a Vault dev server.`, {
    "a script": { "data run.sh": "#!/bin/sh\nexec vault server \\\n  -dev-root-token-id=root" },
  })
  .good("secret", { "a script in a Secret's place": { "data run.sh": "vault server -dev" } })
  .bad(
    "pod",
    `V05 Helm release "vault" (chart vault), values.extraContainers[0].args: ${DEV_LINE}`,
    {
      "containers in a chart's values": {
        "@type": "kubernetes:helm.sh/v3:Release",
        values: {
          image: "vault",
          extraContainers: [{ args: ["server", "-dev"] }, "vault"],
          more: { image: "vault" },
        },
      },
    },
  )
  .bad(
    "map",
    `V05 Application "vault/vault-config", spec.source.helm.values.sidecarContainers[0].args: ${DEV_LINE}`,
    {
      "containers in the values of another program's release": {
        "@type": "kubernetes:argoproj.io/v1alpha1:Application",
        spec: {
          source: { helm: { values: '{"sidecarContainers":[{"args":["server","-dev"]}]}' } },
        },
      },
    },
  )
  .bad("pod", `V05 ${P}.args: the image starts a Vault dev server when no arguments are given.`, {
    "the image's own default": { [CONTAINER]: { image: "hashicorp/vault:2.0.4" } },
  })
  .bad(
    "pod",
    'V05 StatefulSet "vault/vault", spec.template.spec.initContainers[0].args: the image starts a Vault dev server when no arguments are given.',
    {
      "an init container": { "spec template spec initContainers": [{ image: "openbao/openbao" }] },
    },
  )
  .unknown("pod", "spec.template.spec.containers[0].env[0].value", {
    "a variable that is an output": { [`${CONTAINER} env 0 value`]: UNKNOWN },
  })
  .good("operated", {
    "an operated Vault without configuration": { "spec config": undefined },
    "another kind of that operator": {
      "@type": "kubernetes:vault.banzaicloud.com/v1alpha1:Other",
      "spec config listener tcp tls_disable": true,
    },
    "a Vault of another API": {
      "@type": "kubernetes:example.com/v1:Vault",
      "spec config listener tcp tls_disable": true,
    },
  })
  .bad(
    "operated",
    'V06 Vault "vault/vault", spec.config: the Vault resource configures a listener with tls_disable on.',
    {
      "an operated Vault": { "spec config listener tcp tls_disable": true },
      "an operated Vault with a text": { "spec config": PLAIN },
    },
  )
  .bad("operated", `V06 Vault "vault/vault", spec.config: ${NO_HCL}`, {
    "an operated Vault with a number": { "spec config": 7 },
  })
  .unknown("operated", "spec.config", {
    "an operated Vault's configuration that is an output": { "spec config": UNKNOWN },
  });

for (const [title, [key, text]] of Object.entries(judged))
  suite.good("map", { [title]: { [`data ${key}`]: text } });
for (const [title, [, text]] of Object.entries(plaintext))
  suite.bad("map", `V04 ${C}, data.x: ${TEXT}`, { [title]: { "data x": text } });
for (const [title, [key, text]] of Object.entries(unjudged)) {
  const path = key === "x" ? "data.x" : `data["${key}"]`;
  suite.bad("map", `V11 ${C}, ${path}: ${UNJUDGED}`, { [title]: { [`data ${key}`]: text } });
}
for (const line of DEV_LINES) {
  const change = { [`${CONTAINER} args`]: ["-c", line] };
  suite.bad("pod", `V05 ${P}.args: ${DEV_LINE}`, { [`dev mode by ${line}`]: change });
}
for (const image of DEV_IMAGES) {
  const detail = "the image starts a Vault dev server when no arguments are given.";
  suite.bad("pod", `V05 ${P}.args: ${detail}`, {
    [`the default of ${image}`]: { [CONTAINER]: { image } },
  });
}
