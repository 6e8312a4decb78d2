/**
 * Turns a registered resource into the Kubernetes objects it stands for: itself, the items of a
 * list, the documents of a YAML text, the manifests inside Helm values or a ConfigMap.
 */

import { isMap, Node, walk } from "./reader.js";
import { releaseOf } from "./releases.js";
import { isManifest, manifestsIn } from "./text.js";

/**
 * @import { Subject } from "./reader.js"
 * @import { ChartRelease } from "./releases.js"
 */

/**
 * A resource as the engine, a golden file or a state file gives it.
 * @typedef {object} Registration
 * @property {string} type
 * @property {string} name
 * @property {string} urn
 * @property {unknown} props
 * @property {{ protect?: boolean, ignoreChanges?: string[], parent?: string }} [opts]
 */

/**
 * @typedef {object} KubeObject
 * @property {string} group without version, "" for the core group
 * @property {string} version
 * @property {string} kind without the suffix Patch
 * @property {string} name
 * @property {string} namespace
 * @property {boolean} patch true when only a part of the object is given
 * @property {boolean} direct true when the object is a resource of its own
 * @property {Node} root
 */

/**
 * @typedef {object} Resource
 * @property {string} type
 * @property {string} name
 * @property {string} urn
 * @property {Node} props
 * @property {{ protect: boolean, ignoreChanges: string[] }} opts
 * @property {KubeObject[]} objects
 * @property {ChartRelease | undefined} release
 */

const YAML_GROUP = /^kubernetes:yaml(\/v2)?:Config(File|Group)$/;
const MAX_OBJECTS = 5000;

/**
 * @param {Registration} registration
 * @returns {Resource}
 */
export function resourceOf(registration) {
  const { type, name, urn } = registration;
  /** @type {Subject} */
  const subject = { label: `${type} "${name}"`, id: `${type}/${name}` };
  const props = new Node(registration.props ?? {}, "", subject);
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

/**
 * @param {string} type
 * @param {string} name
 * @param {Node} props
 * @param {ChartRelease | undefined} release
 * @returns {KubeObject[]}
 */
function objectsOf(type, name, props, release) {
  if (release !== undefined) return embedded(release.values);
  if (YAML_GROUP.test(type)) return embedded(props);
  if (type.startsWith("command:")) return embedded(props);
  const [, apiVersion = "", token = ""] = type.split(":");
  return expand(apiVersion, token, name, props);
}

/**
 * @param {string} apiVersion
 * @param {string} token
 * @param {string} name
 * @param {Node} root
 * @returns {KubeObject[]}
 */
function expand(apiVersion, token, name, root) {
  const items = root.get("items");
  if (token.endsWith("List") && (items.known || items.unknown)) {
    return items.items().flatMap((item) => manifestObject(item, token.slice(0, -4), apiVersion));
  }
  const patch = token.length > 5 && token.endsWith("Patch");
  const kind = patch ? token.slice(0, -5) : token;
  const object = describe({ apiVersion, kind, name, root, patch, direct: true });
  return [object, ...carried(object)];
}

/**
 * @param {Node} node
 * @param {string} [kind] for items of a typed list, which may leave it out
 * @param {string} [apiVersion]
 * @returns {KubeObject[]}
 */
function manifestObject(node, kind = "", apiVersion = "") {
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

/**
 * @param {{ apiVersion: string, kind: string, name: string, root: Node, patch?: boolean, direct?: boolean }} given
 * @returns {KubeObject}
 */
function describe({ apiVersion, kind, name, root, patch = false, direct = false }) {
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
    root: new Node(root.value, root.path, subject),
  };
}

/**
 * Manifests that a ConfigMap carries as text.
 * @param {KubeObject} object
 * @returns {KubeObject[]}
 */
function carried(object) {
  if (object.kind !== "ConfigMap" || object.group !== "") return [];
  return object.root
    .get("data")
    .entries()
    .filter(([key]) => !/\.(md|txt|rst|adoc)$/i.test(key))
    .flatMap(([, node]) => inText(node));
}

/**
 * Objects at any depth of a tree, as maps or as text.
 * @param {Node} tree
 * @returns {KubeObject[]}
 */
function embedded(tree) {
  /** @type {KubeObject[]} */
  const found = [];
  for (const node of walk(tree)) {
    if (found.length >= MAX_OBJECTS) break;
    if (node.isMap && isManifest(node.value)) found.push(...manifestObject(node));
    else found.push(...inText(node));
  }
  return found;
}

/**
 * @param {Node} node
 * @returns {KubeObject[]}
 */
function inText(node) {
  return manifestsIn(node.text()).flatMap((manifest) =>
    isMap(manifest) ? manifestObject(new Node(manifest, node.path, node.subject)) : [],
  );
}
