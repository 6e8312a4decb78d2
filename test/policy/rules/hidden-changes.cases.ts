import { hiddenChanges } from "../../../policy/rules/hidden-changes.ts";
import { HTTPS_GATEWAY } from "../support/fixtures/routes.ts";
import { UNSEALER, VAULT_PROVIDER, VAULT_WITH_TLS } from "../support/fixtures/vault.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const V = 'Helm release "vault/vault" (chart vault)';
const HIDES = "the release takes values that are not in this program.";

export const suite = new Cases(hiddenChanges, {
  release: VAULT_WITH_TLS,
  gateway: HTTPS_GATEWAY,
  provider: VAULT_PROVIDER,
  deployment: UNSEALER,
})
  .good("release", {
    "false switches": { reuseValues: false, postrender: "" },
    "an ignored input that no policy reads": { "@opts": { ignoreChanges: ["timeout", "values2"] } },
  })
  .good("deployment", {
    "an ignored input of an unwatched kind": { "@opts": { ignoreChanges: ["spec.replicas"] } },
  })
  .good("gateway", {
    "an ignored neighbour": {
      "@opts": { ignoreChanges: ["spec.selector", "metadata.annotations"] },
    },
  })
  .bad("release", `S08 ${V}, reuseValues: ${HIDES}`, { "reused values": { reuseValues: true } })
  .bad("release", `S08 ${V}, postrender: ${HIDES}`, {
    "a post-renderer": { postrender: "/bin/patch" },
  })
  .bad(
    "release",
    'S09 kubernetes:helm.sh/v3:Release "vault", values: ignoreChanges covers values, which the required policies read.',
    { "ignored values": { "@opts": { ignoreChanges: ["values.server.ha.raft.config"] } } },
  )
  .bad(
    "gateway",
    [
      'S09 kubernetes:networking.istio.io/v1:Gateway "public", spec.servers: ignoreChanges covers spec.servers, which the required policies read.',
      'S09 kubernetes:networking.istio.io/v1:Gateway "public", spec.listeners: ignoreChanges covers spec.listeners, which the required policies read.',
    ],
    { "ignored servers": { "@opts": { ignoreChanges: ["spec"] } } },
  )
  .bad(
    "gateway",
    'S09 kubernetes:core/v1:Secret "public", stringData: ignoreChanges covers stringData, which the required policies read.',
    {
      "an ignored Secret": {
        "@type": "kubernetes:core/v1:Secret",
        "@opts": { ignoreChanges: ["stringData.a"] },
      },
    },
  )
  .bad(
    "gateway",
    'S09 kubernetes:apps/v1:StatefulSet "public", spec.template: ignoreChanges covers spec.template, which the required policies read.',
    {
      "ignored pods": {
        "@type": "kubernetes:apps/v1:StatefulSet",
        "@opts": { ignoreChanges: ["spec"] },
      },
    },
  )
  .bad(
    "gateway",
    'S09 kubernetes:networking.istio.io/v1:Gateway "public", spec.servers: ignoreChanges covers spec.servers, which the required policies read.',
    { "ignored hosts": { "@opts": { ignoreChanges: ['spec["servers"][*].hosts'] } } },
  )
  .bad(
    "provider",
    [
      'S09 pulumi:providers:vault "vault", address: ignoreChanges covers address, which the required policies read.',
      'S09 pulumi:providers:vault "vault", skipTlsVerify: ignoreChanges covers skipTlsVerify, which the required policies read.',
    ],
    { "everything ignored": { "@opts": { ignoreChanges: ["*"] } } },
  )
  .unknown("release", "reuseValues", { "a switch that is an output": { reuseValues: UNKNOWN } });

const WATCHED: Record<string, [kind: string, path: string]> = {
  "core/v1": ["Pod", "spec.containers"],
  "apps/v1": ["DaemonSet", "spec.template"],
  "batch/v1": ["CronJob", "spec.jobTemplate"],
  "helm.toolkit.fluxcd.io/v2": ["HelmRelease", "spec.values"],
  "argoproj.io/v1alpha1": ["Application", "spec.source"],
  "helm.cattle.io/v1": ["HelmChart", "spec.valuesContent"],
  "secrets.hashicorp.com/v1beta1": ["VaultConnection", "spec.address"],
  "generators.external-secrets.io/v1alpha1": ["VaultDynamicSecret", "spec.provider"],
};
for (const [api, [kind, path]] of Object.entries(WATCHED)) {
  const type = `kubernetes:${api}:${kind}`;
  const change = { "@type": type, "@opts": { ignoreChanges: [`${path}.a`] } };
  const said = `ignoreChanges covers ${path}, which the required policies read.`;
  suite.bad("gateway", `S09 ${type} "public", ${path}: ${said}`, {
    [`ignored ${path} of ${kind}`]: change,
  });
}
