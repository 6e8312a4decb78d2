/** Finds every Vault configuration that a resource carries, in whatever wrapping. */

import { hclFromObject, readHcl } from "./hcl.ts";
import { walk } from "./cursor.ts";
import { containers, podTemplates } from "./podspecs.ts";
import { decodeBase64, heredocs } from "./text.ts";
import type { Body } from "./hcl.ts";
import type { Cursor } from "./cursor.ts";
import type { KubeObject, Resource } from "./normalise.ts";

export interface VaultConfig {
  node: Cursor;
  /** undefined when it cannot be read */
  body: Body | undefined;
}

const CONFIG_ENV = new Set(["VAULT_LOCAL_CONFIG", "BAO_LOCAL_CONFIG"]);

/** A text or an object that is meant to be a Vault configuration. */
export function declaredConfig(node: Cursor): VaultConfig {
  if (typeof node.value === "string") return { node, body: readHcl(node.value) };
  const value = hclFromObject(node.value);
  return { node, body: value.kind === "object" ? value : undefined };
}

/**
 * A text that may be anything: only what reads as a configuration with a listener, or claims to be
 * one by its file name, is one.
 */
function possibleConfigs(node: Cursor, text: string, fileName: string = ""): VaultConfig[] {
  if (!/listener|_addr|vault|storage|backend|seal|audit/i.test(text)) return [];
  const body = readHcl(text);
  if (body !== undefined) return [{ node, body }];
  const inner = heredocs(text).flatMap((part) => possibleConfigs(node, part));
  if (inner.length > 0) return inner;
  const claims =
    /\.(hcl|json)$/i.test(fileName) && /listener/i.test(text) && /tls_disable/i.test(text);
  return claims ? [{ node, body: undefined }] : [];
}

/** Configurations in the data of a ConfigMap or Secret. */
export function configsInData(object: KubeObject): VaultConfig[] {
  if (object.group !== "" || !["ConfigMap", "Secret"].includes(object.kind)) return [];
  const encoded = object.kind === "Secret" ? ["data"] : ["binaryData"];
  const plain = object.kind === "Secret" ? ["stringData"] : ["data"];
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
    .flatMap(([key, node]) => possibleConfigs(node, decode(node.text()), key));
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
export function configVariables(resource: Resource): Cursor[] {
  const found: Cursor[] = [];
  for (const tree of trees(resource)) {
    for (const node of walk(tree)) {
      for (const [key, child] of node.entries()) if (CONFIG_ENV.has(key)) found.push(child);
      if (CONFIG_ENV.has(node.get("name").text())) found.push(node.get("value"));
    }
  }
  return found.filter((node) => !node.absent);
}

/** Configurations inside the command line of a container. */
export function configsInCommands(resource: Resource): VaultConfig[] {
  return podTemplates(resource).flatMap(({ spec }) =>
    containers(spec).flatMap((container) =>
      ["command", "args"].flatMap((field) =>
        container
          .get(field)
          .items()
          .flatMap((node) => heredocs(node.text()).flatMap((part) => possibleConfigs(node, part))),
      ),
    ),
  );
}

/** Configurations in Helm values of any chart. */
export function configsInValues(resource: Resource): VaultConfig[] {
  if (resource.release === undefined) return [];
  return [...walk(resource.release.values)].flatMap((node) => possibleConfigs(node, node.text()));
}

/** Every configuration of a resource that can be read, wherever it is. */
export function allConfigs(resource: Resource): VaultConfig[] {
  return [
    ...resource.objects.flatMap(configsInData),
    ...configVariables(resource).map(declaredConfig),
    ...configsInCommands(resource),
    ...configsInValues(resource),
  ];
}

export function isSecureAddress(text: string) {
  return /^\s*(https:\/\/|unix:)/i.test(text);
}

export function isPlainHttp(text: string) {
  return /^\s*http:/i.test(text);
}
