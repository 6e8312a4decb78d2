import type { KubeObject } from "../lib/kube.ts";
import { images } from "./layout.ts";

const namespace = "local-path-storage";
const name = "local-path-provisioner";
const provisioner = "rancher.io/local-path";
const rbac = "rbac.authorization.k8s.io";
const config = "local-path-config";

export function storageObjects(volumes: string): KubeObject[] {
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    ...roles(),
    configMap(volumes),
    deployment(),
    storageClass(),
  ];
}

function roles(): KubeObject[] {
  const read = ["get", "list", "watch"];
  const all = [...read, "create", "patch", "update", "delete"];
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const readable = ["nodes", "persistentvolumeclaims", "configmaps", "pods", "pods/log"];
  const everywhere = [
    { apiGroups: [""], resources: readable, verbs: read },
    { apiGroups: [""], resources: ["persistentvolumes"], verbs: all },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
    { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: read },
  ];
  const here = [{ apiGroups: [""], resources: ["pods"], verbs: all }];
  const object = (kind: string, scope: object, rest: object): KubeObject => ({
    apiVersion: `${rbac}/v1`,
    kind,
    metadata: { name, ...scope },
    ...rest,
  });
  const roleRef = (kind: string) => ({ apiGroup: rbac, kind, name });
  return [
    object("ClusterRole", {}, { rules: everywhere }),
    object("ClusterRoleBinding", {}, { roleRef: roleRef("ClusterRole"), subjects }),
    object("Role", { namespace }, { rules: here }),
    object("RoleBinding", { namespace }, { roleRef: roleRef("Role"), subjects }),
  ];
}

function configMap(volumes: string): KubeObject {
  const paths = { nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [volumes] }] };
  const helper = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "helper-pod" },
    spec: {
      priorityClassName: "system-node-critical",
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "helper-pod", image: images.busybox, imagePullPolicy: "IfNotPresent" }],
    },
  };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: config, namespace },
    data: {
      "config.json": JSON.stringify(paths),
      setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
      teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
      "helperPod.yaml": JSON.stringify(helper),
    },
  };
}

function deployment(): KubeObject {
  const labels = { app: name };
  const file = "/etc/config/config.json";
  const podNamespace = { fieldRef: { fieldPath: "metadata.namespace" } };
  const container = {
    name,
    image: images.provisioner,
    imagePullPolicy: "IfNotPresent",
    command: [name, "start", "--config", file, "--service-account-name", name],
    env: [
      { name: "POD_NAMESPACE", valueFrom: podNamespace },
      { name: "CONFIG_MOUNT_PATH", value: "/etc/config/" },
    ],
    resources: { requests: { cpu: "10m", memory: "32Mi" } },
    volumeMounts: [{ name: "config", mountPath: "/etc/config", readOnly: true }],
  };
  const pod = {
    serviceAccountName: name,
    tolerations: [{ operator: "Exists" }],
    containers: [container],
    volumes: [{ name: "config", configMap: { name: config } }],
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: pod },
    },
  };
}

function storageClass(): KubeObject {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name: "local",
      annotations: {
        "storageclass.kubernetes.io/is-default-class": "true",
        // A hostPath volume, the provisioner's default, would not get a pod's fsGroup.
        defaultVolumeType: "local",
      },
    },
    provisioner,
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
  };
}
