import { readFileSync } from "node:fs";
import { join } from "node:path";
import { images } from "../../platform/images.ts";
import { restrictedContainer, restrictedPod } from "../../platform/pods.ts";
import { nodeAddress } from "../cluster/index.ts";
import type { KubeObject } from "../lib/kube.ts";
import { repository } from "../lib/paths.ts";

const name = "load-balancer";
const namespace = "kube-system";
const group = "rbac.authorization.k8s.io";

/** The files of the substitute by the key that holds them. They keep their places: one finds the other by its path. */
const files = {
  main: "local/substitutes/load-balancer/main.ts",
  kube: "incluster/kube.ts",
  http: "incluster/http.ts",
};

/** Makes a substitute for a cloud's load balancers, which hands out the node's own address. */
export function loadBalancerObjects(): KubeObject[] {
  const metadata = { name, namespace };
  const rules = [
    { apiGroups: [""], resources: ["services"], verbs: ["list"] },
    { apiGroups: [""], resources: ["services/status"], verbs: ["patch"] },
  ];
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    object(`${group}/v1`, "ClusterRole", { name }, { rules }),
    object(`${group}/v1`, "ClusterRoleBinding", { name }, binding()),
    object("v1", "ConfigMap", metadata, { data: texts() }),
    object("apps/v1", "Deployment", metadata, { spec: deployment() }),
  ];
}

const object = (apiVersion: string, kind: string, metadata: KubeObject["metadata"], rest: object) =>
  ({ apiVersion, kind, metadata, ...rest }) satisfies KubeObject;

const binding = () => ({
  roleRef: { apiGroup: group, kind: "ClusterRole", name },
  subjects: [{ kind: "ServiceAccount", name, namespace }],
});

const texts = () =>
  Object.fromEntries(
    Object.entries(files).map(([key, path]) => [key, readFileSync(join(repository, path), "utf8")]),
  );

const container = {
  name,
  image: images.node,
  imagePullPolicy: "IfNotPresent",
  command: ["node", `/app/${files.main}`],
  env: [{ name: "NODE_ADDRESS", value: nodeAddress }],
  resources: { requests: { cpu: "5m", memory: "48Mi" } },
  securityContext: restrictedContainer,
  volumeMounts: [{ name: "files", mountPath: "/app", readOnly: true }],
};

function deployment() {
  const labels = { app: name };
  const items = Object.entries(files).map(([key, path]) => ({ key, path }));
  const pod = {
    serviceAccountName: name,
    securityContext: restrictedPod(1000),
    containers: [container],
    volumes: [{ name: "files", configMap: { name, items } }],
  };
  return { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } };
}
