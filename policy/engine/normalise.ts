/**
 * Turns a registered resource into the Kubernetes objects it stands for: itself, the items of a
 * list, the documents of a YAML text, the manifests inside Helm values or a ConfigMap.
 */

import { isMap, Cursor, walk } from "./cursor.ts";
import { releaseOf } from "./releases.ts";
import { isManifest, manifestsIn } from "./text.ts";
import type { Subject } from "./cursor.ts";
import type { ChartRelease } from "./releases.ts";

/** A resource as the engine, a golden file or a state file gives it. */
export interface Registration {
  type: string;
  name: string;
  urn: string;
  props: unknown;
  opts?: { protect?: boolean; ignoreChanges?: string[]; parent?: string };
}

export interface KubeObject {
  /** The API group without its version; "" for the core group. */
  group: string;
  version: string;
  /** The kind without the suffix Patch. */
  kind: string;
  name: string;
  namespace: string;
  /** Whether only a part of the object is given. */
  patch: boolean;
  /** Whether the object is a resource of its own. */
  direct: boolean;
  root: Cursor;
}

export interface Resource {
  type: string;
  name: string;
  urn: string;
  props: Cursor;
  opts: { protect: boolean; ignoreChanges: string[] };
  objects: KubeObject[];
  release: ChartRelease | undefined;
}

const YAML_GROUP = /^kubernetes:yaml(\/v2)?:Config(File|Group)$/;
const MAX_OBJECTS = 5000;

/** What several policies read from a resource is read once. */
export function perResource<T>(read: (resource: Resource) => T): (resource: Resource) => T {
  const known = new WeakMap<Resource, T>();
  return (resource) => {
    const value = known.get(resource) ?? read(resource);
    known.set(resource, value);
    return value;
  };
}

export function resourceOf(registration: Registration): Resource {
  const { type, name, urn } = registration;
  const subject: Subject = { label: `${type} "${name}"`, id: `${type}/${name}` };
  const props = new Cursor(registration.props ?? {}, "", subject);
  const opts = registration.opts ?? {};
  const ignoreChanges = Array.isArray(opts.ignoreChanges) ? opts.ignoreChanges.map(String) : [];
  const release = releaseOf(type, name, props);
  return {
    type,
    name,
    urn,
    props,
    opts: { protect: opts.protect === true, ignoreChanges },
    objects:
      type.startsWith("kubernetes:") || type.startsWith("command:")
        ? objectsOf(type, name, props, release)
        : [],
    release,
  };
}

function objectsOf(
  type: string,
  name: string,
  props: Cursor,
  release: ChartRelease | undefined,
): KubeObject[] {
  if (release !== undefined) return embedded(release.values);
  if (YAML_GROUP.test(type)) return embedded(props);
  if (type.startsWith("command:")) return embedded(props);
  const [, apiVersion = "", token = ""] = type.split(":");
  return expand(apiVersion, token, name, props);
}

function expand(apiVersion: string, token: string, name: string, root: Cursor): KubeObject[] {
  const items = root.get("items");
  if (token.endsWith("List") && (items.known || items.unknown)) {
    return items.items().flatMap((item) => manifestObject(item, token.slice(0, -4), apiVersion));
  }
  const patch = token.length > 5 && token.endsWith("Patch");
  const kind = patch ? token.slice(0, -5) : token;
  const object = describe({ apiVersion, kind, name, root, patch, direct: true });
  return [object, ...carried(object)];
}

/** @param kind for items of a typed list, which may leave it out */
function manifestObject(node: Cursor, kind: string = "", apiVersion: string = ""): KubeObject[] {
  const ownKind = node.get("kind").text() || kind;
  const ownVersion = node.get("apiVersion").text() || apiVersion;
  if (ownKind === "") return [];
  if (ownKind.endsWith("List") && node.get("items").isList) {
    const inner = ownKind.slice(0, -4);
    return node
      .get("items")
      .items()
      .flatMap((item) => manifestObject(item, inner, ownVersion));
  }
  const object = describe({ apiVersion: ownVersion, kind: ownKind, name: "", root: node });
  return [object, ...carried(object)];
}

function describe({
  apiVersion,
  kind,
  name,
  root,
  patch = false,
  direct = false,
}: {
  apiVersion: string;
  kind: string;
  name: string;
  root: Cursor;
  patch?: boolean;
  direct?: boolean;
}): KubeObject {
  const slash = apiVersion.lastIndexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash).replace(/^core$/, "");
  const metadata = root.get("metadata");
  const own = metadata.get("name").text() || name;
  const namespace = metadata.get("namespace").text();
  const place = namespace === "" ? own : `${namespace}/${own}`;
  const subject = { label: `${kind} "${place}"`, id: `${kind}/${place}` };
  return {
    group: group.toLowerCase(),
    version: apiVersion.slice(slash + 1),
    kind,
    name: own,
    namespace,
    patch,
    direct,
    root: new Cursor(root.value, root.path, subject),
  };
}

/** Manifests that a ConfigMap carries as text. */
function carried(object: KubeObject): KubeObject[] {
  if (object.kind !== "ConfigMap" || object.group !== "") return [];
  return object.root
    .get("data")
    .entries()
    .filter(([key]) => !/\.(md|txt|rst|adoc)$/i.test(key))
    .flatMap(([, node]) => inText(node));
}

/** Objects at any depth of a tree, as maps or as text. */
function embedded(tree: Cursor): KubeObject[] {
  const found: KubeObject[] = [];
  for (const node of walk(tree)) {
    if (found.length >= MAX_OBJECTS) break;
    if (node.isMap && isManifest(node.value)) found.push(...manifestObject(node));
    else found.push(...inText(node));
  }
  return found;
}

function inText(node: Cursor): KubeObject[] {
  return manifestsIn(node.text()).flatMap((manifest) =>
    isMap(manifest) ? manifestObject(new Cursor(manifest, node.path, node.subject)) : [],
  );
}
