/** Finds pod templates wherever a kind keeps them, and the containers in them. */

import { Node } from "./reader.js";

/**
 * @import { KubeObject, Resource } from "./normalise.js"
 * @typedef {object} PodTemplate
 * @property {string} kind of the object that owns it
 * @property {KubeObject} owner
 * @property {Node} metadata
 * @property {Node} spec
 */

/** @type {Record<string, string>} */
const TEMPLATES = {
  Deployment: "spec.template",
  StatefulSet: "spec.template",
  DaemonSet: "spec.template",
  ReplicaSet: "spec.template",
  ReplicationController: "spec.template",
  Job: "spec.template",
  CronJob: "spec.jobTemplate.spec.template",
  PodTemplate: "template",
  Rollout: "spec.template",
};

/**
 * @param {KubeObject} object
 * @returns {PodTemplate | undefined}
 */
export function podTemplate(object) {
  const path = object.kind === "Pod" ? undefined : TEMPLATES[object.kind];
  if (object.kind !== "Pod" && path === undefined) return undefined;
  const template = path === undefined ? object.root : object.root.at(path);
  if (template.absent) return undefined;
  return {
    kind: object.kind,
    owner: object,
    metadata: template.get("metadata"),
    spec: template.get("spec"),
  };
}

/**
 * @param {Resource} resource
 * @returns {PodTemplate[]}
 */
export function podTemplates(resource) {
  return resource.objects.flatMap((object) => podTemplate(object) ?? []);
}

/**
 * @param {Node} spec of a pod
 * @returns {Node[]} also init and ephemeral containers
 */
export function containers(spec) {
  return ["containers", "initContainers", "ephemeralContainers"].flatMap((key) =>
    spec.get(key).items(),
  );
}

/**
 * Only the containers that keep running: no init containers, except sidecars.
 * @param {Node} spec
 */
export function longRunning(spec) {
  const sidecars = spec
    .get("initContainers")
    .items()
    .filter((node) => node.get("restartPolicy").text() === "Always");
  return [...spec.get("containers").items(), ...sidecars];
}

/**
 * The containers that custom resources carry outside a pod template.
 * @param {KubeObject} object
 * @returns {Node[]}
 */
export function embeddedContainers(object) {
  const spec = object.root.get("spec");
  if (object.kind === "PostgresCluster") {
    return spec
      .get("instances")
      .items()
      .flatMap((set) => set.get("containers").items());
  }
  if (object.kind !== "RedisFailover") return [];
  return ["redis", "sentinel"].flatMap((part) =>
    ["extraContainers", "initContainers"].flatMap((key) => spec.get(part).get(key).items()),
  );
}

/**
 * Environment variables of a container with a literal value, by name.
 * @param {Node} container
 * @returns {{ name: string, value: Node }[]}
 */
export function literalEnv(container) {
  return container
    .get("env")
    .items()
    .map((node) => ({ name: node.get("name").text(), value: node.get("value") }))
    .filter(({ value }) => !value.absent)
    .map(({ name, value }) => ({ name, value: named(value, container, name) }));
}

/**
 * A variable is found faster by its name than by its index.
 * @param {Node} value
 * @param {Node} container
 * @param {string} name
 */
function named(value, container, name) {
  if (value.unknown) return value;
  return new Node(value.value, `${container.path}.env[${name}]`, value.subject);
}
