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
  .good("false switches", "release", { reuseValues: false, postrender: "" })
  .good("an ignored input that no policy reads", "release", {
    "@opts": { ignoreChanges: ["timeout", "values2"] },
  })
  .good("an ignored input of an unwatched kind", "deployment", {
    "@opts": { ignoreChanges: ["spec.replicas"] },
  })
  .good("an ignored neighbour", "gateway", {
    "@opts": { ignoreChanges: ["spec.selector", "metadata.annotations"] },
  })
  .bad("reused values", "release", { reuseValues: true }, `S08 ${V}, reuseValues: ${HIDES}`)
  .bad("a post-renderer", "release", { postrender: "/bin/patch" }, `S08 ${V}, postrender: ${HIDES}`)
  .bad(
    "ignored values",
    "release",
    { "@opts": { ignoreChanges: ["values.server.ha.raft.config"] } },
    'S09 kubernetes:helm.sh/v3:Release "vault", values: ignoreChanges covers values, which the required policies read.',
  )
  .bad(
    "ignored servers",
    "gateway",
    { "@opts": { ignoreChanges: ["spec"] } },
    'S09 kubernetes:networking.istio.io/v1:Gateway "public", spec.servers: ignoreChanges covers spec.servers, which the required policies read.',
    'S09 kubernetes:networking.istio.io/v1:Gateway "public", spec.listeners: ignoreChanges covers spec.listeners, which the required policies read.',
  )
  .bad(
    "an ignored Secret",
    "gateway",
    { "@type": "kubernetes:core/v1:Secret", "@opts": { ignoreChanges: ["stringData.a"] } },
    'S09 kubernetes:core/v1:Secret "public", stringData: ignoreChanges covers stringData, which the required policies read.',
  )
  .bad(
    "ignored pods",
    "gateway",
    { "@type": "kubernetes:apps/v1:StatefulSet", "@opts": { ignoreChanges: ["spec"] } },
    'S09 kubernetes:apps/v1:StatefulSet "public", spec.template: ignoreChanges covers spec.template, which the required policies read.',
  )
  .bad(
    "ignored hosts",
    "gateway",
    { "@opts": { ignoreChanges: ['spec["servers"][*].hosts'] } },
    'S09 kubernetes:networking.istio.io/v1:Gateway "public", spec.servers: ignoreChanges covers spec.servers, which the required policies read.',
  )
  .bad(
    "everything ignored",
    "provider",
    { "@opts": { ignoreChanges: ["*"] } },
    'S09 pulumi:providers:vault "vault", address: ignoreChanges covers address, which the required policies read.',
    'S09 pulumi:providers:vault "vault", skipTlsVerify: ignoreChanges covers skipTlsVerify, which the required policies read.',
  )
  .unknown("a switch that is an output", "release", { reuseValues: UNKNOWN }, "reuseValues");

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
  suite.bad(
    `ignored ${path} of ${kind}`,
    "gateway",
    change,
    `S09 ${type} "public", ${path}: ${said}`,
  );
}
