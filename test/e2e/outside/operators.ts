import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { chartMirror, pulumiFolder, repository } from "../../../local/lib/paths.ts";
import { existingPulumi } from "../../../local/stack/pulumi.ts";
import { merge } from "../../../local/stack/stacks.ts";
import { list } from "../platform.ts";
import { places } from "./neighbour/places.ts";
import type { Theirs } from "./theirs.ts";

/** The neighbour's state lies in that of a stack that is not needed meanwhile. */
const stack = "prod-rehearsal";
const configFile = join(pulumiFolder, "Pulumi.neighbour.yaml");

function neighbour() {
  const text = readFileSync(join(pulumiFolder, `Pulumi.${stack}.yaml`), "utf8");
  const mirror = { "shlink-platform:settings": { charts: { mirror: chartMirror } } };
  writeFileSync(configFile, stringify(merge(parse(text), { config: mirror })));
  const cwd = join(repository, "test/e2e/outside/neighbour");
  return existingPulumi(stack, { cwd, configFile, env: {} });
}

/** Kinds that change only when somebody changes them, by the paths of their collections. */
const still = [
  ...["configmaps", "secrets", "services", "serviceaccounts"].map((kind) => ["/api/v1", kind]),
  ["/apis/apps/v1", "deployments"],
  ["/apis/rbac.authorization.k8s.io/v1", "roles"],
  ["/apis/rbac.authorization.k8s.io/v1", "rolebindings"],
  ["/apis/networking.k8s.io/v1", "networkpolicies"],
  ["/apis/networking.istio.io/v1", "gateways"],
  ["/apis/networking.istio.io/v1alpha3", "envoyfilters"],
  ["/apis/security.istio.io/v1", "authorizationpolicies"],
  ["/apis/security.istio.io/v1", "peerauthentications"],
] as [string, string][];
/** What is the whole cluster's, by the names that the two products have in it. */
const shared = [
  ["/apis/apiextensions.k8s.io/v1/customresourcedefinitions", /(istio\.io|external-secrets\.io)$/],
  ["/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", /istio/],
  ["/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", /istio|-validate$/],
  ["/apis/rbac.authorization.k8s.io/v1/clusterroles", /istio|external-secrets/],
] as [string, RegExp][];

/** The contents of objects, without what their controllers write of how they are. */
const contentOf = (items: object[]) =>
  items
    .map((one) => {
      const { metadata, ...content } = one as Record<string, object>;
      const { name, namespace, uid, labels, annotations } = metadata as Record<string, unknown>;
      return JSON.stringify({ name, namespace, uid, labels, annotations, ...content, status: {} });
    })
    // istiod's replicas elect themselves by ConfigMaps, with the time in them.
    .filter((text) => !/"name":"[\w-]*leader/.test(text))
    .sort()
    .join("\n");

async function content(): Promise<string> {
  const own = Object.values(places).filter((place) => typeof place === "string");
  const inside = own.flatMap((namespace) =>
    still.map(([api, kind]) => list(`${api}/namespaces/${namespace}/${kind}`)),
  );
  const whole = shared.map(async ([path, names]) =>
    (await list(path)).filter(({ metadata }) => names.test(metadata.name)),
  );
  return contentOf((await Promise.all([...inside, ...whole])).flat());
}

const gone = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, undefined]));

/** A mesh and an External Secrets that another program has brought. */
export const operatorsOfTheirs: Theirs = {
  what: "Istio and External Secrets",
  install: async () => {
    const { code, output } = await neighbour().run("up", "--yes", "--skip-preview");
    assert.equal(code, 0, output);
  },
  settings: {
    mesh: {
      ...gone("istiod", "cniBinDir", "cniConfDir"),
      mode: "existing",
      namespace: places.mesh,
      cni: false,
      gateway: { ...gone("replicas", "requests", "service"), namespace: places.gateway },
    },
    // Who may open the page, only a gateway of the stack's own can be told.
    webClient: gone("clients"),
    externalSecrets: {
      ...gone("replicas", "requests"),
      mode: "existing",
      namespace: places.secrets,
    },
  },
  content,
};
