import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { chartMirror, pulumiFolder, repository } from "../../../local/lib/paths.ts";
import { existingPulumi } from "../../../local/stack/pulumi.ts";
import { merge } from "../../../local/stack/stacks.ts";
import { ask, list, until } from "../platform.ts";
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

/** Kinds of objects that controllers write all the time. */
const restless = /^(pods|replicasets|endpoints|endpointslices|events|leases)$/;

interface Kinds {
  resources?: { name: string; namespaced: boolean; verbs: string[] }[];
}
interface Groups {
  groups: { preferredVersion: { groupVersion: string } }[];
}

const read = async <T>(path: string) => JSON.parse((await ask("GET", path)).body) as T;

/** The paths of all kinds that stay as they are until somebody changes them: API, and name of the collection. */
async function stillKinds(): Promise<[string, string][]> {
  const { groups } = await read<Groups>("/apis");
  const versions = groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`);
  const found = ["/api/v1", ...versions].map(async (api) => {
    const { resources = [] } = await read<Kinds>(api);
    return resources
      .filter(({ namespaced, verbs }) => namespaced && verbs.includes("list"))
      .filter(({ name }) => !restless.test(name) && !api.includes("metrics.k8s.io"))
      .map(({ name }): [string, string] => [api, name]);
  });
  return (await Promise.all(found)).flat();
}

/** What is the whole cluster's, by the names that the two products have in it. */
const shared = [
  ["/apis/apiextensions.k8s.io/v1/customresourcedefinitions", /(istio\.io|external-secrets\.io)$/],
  ["/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", /istio/],
  ["/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", /istio|-validate$/],
  ["/apis/rbac.authorization.k8s.io/v1/clusterroles", /istio|external-secrets/],
  ["/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", /istio|external-secrets|theirs/],
] as [string, RegExp][];

/** The contents of objects, without what their controllers write of how they are. */
const contentsOf = (items: object[]) =>
  items
    .map((one) => {
      const { metadata, ...content } = one as Record<string, object>;
      const { name, namespace, uid, labels, annotations } = metadata as Record<string, unknown>;
      return JSON.stringify({ name, namespace, uid, labels, annotations, ...content, status: {} });
    })
    // istiod's replicas elect themselves by ConfigMaps, with the time in them.
    .filter((text) => !text.includes('"control-plane.alpha.kubernetes.io/leader"'))
    .sort();

async function look(): Promise<string[]> {
  const own: string[] = Object.values(places).filter((place) => typeof place === "string");
  const inside = (await stillKinds()).map(async ([api, kind]) =>
    (await list(`${api}/${kind}`)).filter(({ metadata }) => own.includes(metadata.namespace ?? "")),
  );
  const namespaces = list("/api/v1/namespaces").then((all) =>
    all.filter(({ metadata }) => own.includes(metadata.name)),
  );
  const whole = shared.map(async ([path, names]) =>
    (await list(path)).filter(({ metadata }) => names.test(metadata.name)),
  );
  return contentsOf((await Promise.all([...inside, namespaces, ...whole])).flat());
}

/** What the cluster has of theirs, once it stays so: webhooks get their authority a moment after their pods are ready. */
async function content(): Promise<string> {
  let seen: string[] = [];
  let changed: string[] = [];
  await until("an end of their own changes", 300, async () => {
    const next = await look();
    changed = next.filter((one) => !seen.includes(one));
    seen = next;
    if (changed.length > 0) await sleep(5_000);
    return changed.length === 0;
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${changed.map((one) => one.slice(0, 200)).join("\n")}`);
  });
  return seen.join("\n");
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
