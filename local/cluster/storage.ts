import type { KubeObject } from "../lib/kube.ts";
import { clusterRole, onePod } from "../lib/objects.ts";
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

const account = { kind: "ServiceAccount", name, namespace };
const read = ["get", "list", "watch"];
const all = [...read, "create", "patch", "update", "delete"];

function roles(): KubeObject[] {
  const readable = ["nodes", "persistentvolumeclaims", "configmaps", "pods", "pods/log"];
  const everywhere = [
    { apiGroups: [""], resources: readable, verbs: read },
    { apiGroups: [""], resources: ["persistentvolumes"], verbs: all },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
    { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: read },
  ];
  return [...clusterRole(name, everywhere, account), ...helperRole()];
}

/** Lets the provisioner run pods beside itself, which make and remove the folders. */
function helperRole(): KubeObject[] {
  const apiVersion = `${rbac}/v1`;
  const metadata = { name, namespace };
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: all }];
  const roleRef = { apiGroup: rbac, kind: "Role", name };
  return [
    { apiVersion, kind: "Role", metadata, rules },
    { apiVersion, kind: "RoleBinding", metadata, roleRef, subjects: [account] },
  ];
}

const helperPod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "helper-pod" },
  spec: {
    priorityClassName: "system-node-critical",
    terminationGracePeriodSeconds: 0,
    containers: [{ name: "helper-pod", image: images.busybox, imagePullPolicy: "IfNotPresent" }],
  },
};

function configMap(volumes: string): KubeObject {
  const paths = { nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [volumes] }] };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: config, namespace },
    data: {
      "config.json": JSON.stringify(paths),
      setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
      teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
      "helperPod.yaml": JSON.stringify(helperPod),
    },
  };
}

function deployment(): KubeObject {
  return onePod(
    { name, namespace },
    { app: name },
    {
      serviceAccountName: name,
      tolerations: [{ operator: "Exists" }],
      containers: [container()],
      volumes: [{ name: "config", configMap: { name: config } }],
    },
  );
}

function container(): object {
  const file = "/etc/config/config.json";
  const podNamespace = { fieldRef: { fieldPath: "metadata.namespace" } };
  return {
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
