/** Finds every Vault configuration that a resource carries, in whatever wrapping. */

import { hclFromObject, readHcl } from "./hcl.ts";
import { Cursor, isMap, walk } from "./cursor.ts";
import { containers, podTemplates } from "./podspecs.ts";
import { perResource } from "./normalise.ts";
import { decodeBase64, partsOf, yamlTrees } from "./text.ts";
import { blocks } from "./vault-config.ts";
import { isJudgeable, mentionsListener, wordsOf } from "./vault-plain.ts";
import type { Body } from "./hcl.ts";
import type { KubeObject, Resource } from "./normalise.ts";

export interface VaultConfig {
  node: Cursor;
  /** The configuration; undefined when it cannot be read. */
  body: Body | undefined;
  /** Vault certainly reads it as it is read here. */
  plain: boolean;
}

/** Where a text stands, and so what else may happen to it before Vault reads it. */
interface Place {
  node: Cursor;
  /** Helm expands template expressions in it. */
  templated?: boolean;
  /** It may hold YAML with configurations inside. */
  yaml?: boolean;
  /** It is documentation, unless all of it is a configuration. */
  prose?: boolean;
}

const CONFIG_ENV = new Set(["VAULT_LOCAL_CONFIG", "BAO_LOCAL_CONFIG"]);
/** Objects of which another program makes a Helm release. */
const RELEASES = new Set([
  "helm.toolkit.fluxcd.io/HelmRelease",
  "argoproj.io/Application",
  "argoproj.io/ApplicationSet",
  "helm.cattle.io/HelmChart",
  "helm.cattle.io/HelmChartConfig",
]);
/** Texts in texts: a script in the values of a release in a ConfigMap. */
const DEEPEST = 4;

/** A text or an object that is meant to be a Vault configuration. */
export function declaredConfig(node: Cursor, templated: boolean = false): VaultConfig {
  if (typeof node.value === "string") return textConfig({ node, templated }, node.value);
  const value = hclFromObject(node.value);
  return { node, body: value.kind === "object" ? value : undefined, plain: true };
}

function textConfig({ node, templated }: Place, text: string): VaultConfig {
  const body = readHcl(text);
  if (body === undefined) return { node, body, plain: false };
  const expanded = templated === true && text.includes("{{");
  return { node, body, plain: !expanded && isJudgeable(text, wordsOf(text), body) };
}

/** A text that may be anything: what reads as a configuration is one, and what configures a listener claims to be. */
function possibleConfigs(place: Place, text: string, depth: number = DEEPEST): VaultConfig[] {
  const words = wordsOf(text);
  if (!/listener|_addr|vault|storage|backend|seal|audit/.test(words)) return [];
  const whole = textConfig(place, text);
  if (whole.body !== undefined) {
    const isWhole = place.yaml !== true || blocks(whole.body, "listener").length > 0;
    return isWhole ? [whole] : [whole, ...(configsInYaml(place, text, depth) ?? [])];
  }
  if (depth === 0) return mentionsListener(words) ? [whole] : [];
  const inner = place.yaml === true ? configsInYaml(place, text, depth) : undefined;
  if (inner !== undefined) return inner;
  const parts = partsOf(text);
  const found = parts.heredocs.flatMap((part) =>
    possibleConfigs({ ...place, yaml: true }, part, depth - 1),
  );
  const claims = place.prose !== true && mentionsListener(wordsOf(parts.rest));
  return claims ? [...found, whole] : found;
}

/**
 * Configurations in the strings of a YAML text, of which Helm may make a chart's values.
 * @returns undefined when it is no YAML with a map
 */
function configsInYaml(place: Place, text: string, depth: number): VaultConfig[] | undefined {
  if (depth === 0 || !wordsOf(text).includes("listener")) return undefined;
  const trees = yamlTrees(text);
  if (!trees.some(isMap)) return undefined;
  return trees.flatMap((tree) => configsInTree(place, tree, depth - 1));
}

function configsInTree(place: Place, tree: unknown, depth: number): VaultConfig[] {
  const root = new Cursor(tree, place.node.path, place.node.subject);
  return [...walk(root)].flatMap((node) =>
    possibleConfigs({ ...place, node, templated: true }, node.text(), depth),
  );
}

/** Configurations in the data of a ConfigMap or Secret, and in releases that another program makes. */
export function configsInData(object: KubeObject): VaultConfig[] {
  const { group, kind, root } = object;
  if (RELEASES.has(`${group}/${kind}`)) return configsInValuesOf(root.get("spec"));
  if (group !== "" || !["ConfigMap", "Secret"].includes(kind)) return [];
  const encoded = kind === "Secret" ? ["data"] : ["binaryData"];
  const plain = kind === "Secret" ? ["stringData"] : ["data"];
  return [
    ...plain.flatMap((field) => entries(object, field)),
    ...encoded.flatMap((field) => entries(object, field, decodeBase64)),
  ];
}

function entries(
  object: KubeObject,
  field: string,
  decode: (text: string) => string = (text) => text,
) {
  return object.root
    .get(field)
    .entries()
    .flatMap(([key, node]) => {
      const place = { node, yaml: /\.ya?ml$/i.test(key), prose: /\.(md|txt)$/i.test(key) };
      return possibleConfigs(place, decode(node.text()));
    });
}

/** What a resource says, under the names that its messages should use. */
function trees({ release, objects, props }: Resource): Cursor[] {
  if (release !== undefined) return [release.values];
  return objects.length > 0 ? objects.map((object) => object.root) : [props];
}

/**
 * Values of environment variables that Vault's image takes for a configuration, in pods and in
 * Helm values of any chart.
 */
export const configVariables = perResource((resource) => {
  const found: Cursor[] = [];
  for (const tree of trees(resource)) {
    for (const node of walk(tree)) {
      for (const [key, child] of node.entries()) if (CONFIG_ENV.has(key)) found.push(child);
      if (CONFIG_ENV.has(node.get("name").text())) found.push(node.get("value"));
    }
  }
  return found.filter((node) => !node.absent);
});

/** Configurations inside the command line of a container. */
export function configsInCommands(resource: Resource): VaultConfig[] {
  return podTemplates(resource).flatMap(({ spec }) =>
    containers(spec).flatMap((container) =>
      ["command", "args"].flatMap((field) =>
        container
          .get(field)
          .items()
          .flatMap((node) => possibleConfigs({ node }, node.text())),
      ),
    ),
  );
}

/** Configurations in Helm values of any chart. */
export function configsInValues(resource: Resource): VaultConfig[] {
  if (resource.release === undefined) return [];
  return configsInValuesOf(resource.release.values);
}

function configsInValuesOf(values: Cursor): VaultConfig[] {
  return [...walk(values)].flatMap((node) =>
    possibleConfigs({ node, templated: true, yaml: true }, node.text()),
  );
}

/** Every configuration of a resource that can be read, wherever it is. */
export const allConfigs = perResource((resource): VaultConfig[] => [
  ...resource.objects.flatMap(configsInData),
  ...configVariables(resource).map((node) => declaredConfig(node)),
  ...configsInCommands(resource),
  ...configsInValues(resource),
]);

export function isSecureAddress(text: string) {
  return /^\s*(https:\/\/|unix:)/i.test(text);
}

export function isPlainHttp(text: string) {
  return /^\s*http:/i.test(text);
}
