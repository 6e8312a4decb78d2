/** Finds pod templates wherever a kind keeps them, and the containers in them. */

import { Cursor } from "./cursor.ts";
import type { KubeObject, Resource } from "./normalise.ts";

export interface PodTemplate {
  /** The namespace of the object that owns the pod. */
  kind: string;
  owner: KubeObject;
  metadata: Cursor;
  spec: Cursor;
}

const TEMPLATES: Record<string, string> = {
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

export function podTemplate(object: KubeObject): PodTemplate | undefined {
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

export function podTemplates(resource: Resource): PodTemplate[] {
  return resource.objects.flatMap((object) => podTemplate(object) ?? []);
}

/**
 * @param spec of a pod
 * @returns also init and ephemeral containers
 */
export function containers(spec: Cursor): Cursor[] {
  return ["containers", "initContainers", "ephemeralContainers"].flatMap((key) =>
    spec.get(key).items(),
  );
}

/** The containers that custom resources carry outside a pod template. */
export function embeddedContainers(object: KubeObject): Cursor[] {
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

/** Environment variables of a container with a literal value, by name. */
export function literalEnv(container: Cursor): { name: string; value: Cursor }[] {
  return container
    .get("env")
    .items()
    .map((node) => ({ name: node.get("name").text(), value: node.get("value") }))
    .filter(({ value }) => !value.absent)
    .map(({ name, value }) => ({ name, value: pathByName(value, container, name) }));
}

/** A variable is found faster by its name than by its index. */
function pathByName(value: Cursor, container: Cursor, name: string) {
  if (value.unknown) return value;
  return new Cursor(value.value, `${container.path}.env[${name}]`, value.subject);
}
