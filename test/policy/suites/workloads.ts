/** Pods, the network around them, permissions, charts and providers. */

import { adminSurfaces } from "../../../policy/rules/admin-surfaces.ts";
import { containerImages } from "../../../policy/rules/container-images.ts";
import { containerPrivileges } from "../../../policy/rules/container-privileges.ts";
import { containerProbes } from "../../../policy/rules/container-probes.ts";
import { containerResources } from "../../../policy/rules/container-resources.ts";
import { deprecatedApis } from "../../../policy/rules/deprecated-apis.ts";
import { disruptionBudgets } from "../../../policy/rules/disruption-budgets.ts";
import { escapeHatches } from "../../../policy/rules/escape-hatches.ts";
import { helmSource } from "../../../policy/rules/helm-source.ts";
import { hostAccess } from "../../../policy/rules/host-access.ts";
import { namespaceUse } from "../../../policy/rules/namespace-use.ts";
import { networkPolicies } from "../../../policy/rules/network-policies.ts";
import { podSecurity } from "../../../policy/rules/pod-security.ts";
import { rbacScope } from "../../../policy/rules/rbac-scope.ts";
import { replicas } from "../../../policy/rules/replicas.ts";
import { serviceAccounts } from "../../../policy/rules/service-accounts.ts";
import { serviceExposure } from "../../../policy/rules/service-exposure.ts";
import { Cases, StackCases, UNKNOWN } from "../support/suite.ts";
import type { Fixture, Suite } from "../support/suite.ts";
import {
  CONFIG_MAP,
  DEPLOYMENT,
  DESTINATION,
  GATEWAY,
  INGRESS,
  JOB,
  REDIS,
  release,
  VAULT,
} from "./fixtures.ts";

const POD = "spec template spec";
const C = `${POD} containers 0`;
const PATCH = "kubernetes:apps/v1:DeploymentPatch";
const SERVICE: Fixture = {
  type: "kubernetes:core/v1:Service",
  name: "shlink",
  props: { metadata: { name: "shlink", namespace: "shlink" }, spec: { ports: [{ port: 8080 }] } },
};
const GATEWAY_RELEASE = release("gateway", {
  service: { type: "LoadBalancer", loadBalancerSourceRanges: ["192.0.2.0/24"] },
  autoscaling: { minReplicas: 2 },
});
const ISTIOD = release("istiod", {
  autoscaleMin: 2,
  meshConfig: { outboundTrafficPolicy: { mode: "REGISTRY_ONLY" } },
});

const images = new Cases(containerImages, { deployment: DEPLOYMENT, redis: REDIS })
  .good("a digest", "deployment", { [`${C} image`]: `example.com/a@sha256:${"0".repeat(64)}` })
  .good("a registry with a port", "deployment", { [`${C} image`]: "registry:5000/a:1.2.3" })
  .good("no image, which a sidecar injector fills in", "deployment", { [`${C} image`]: undefined })
  .bad(
    "no tag",
    "deployment",
    { [`${C} image`]: "registry:5000/a" },
    'K01 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image has no exact tag.',
  )
  .bad(
    "latest",
    "deployment",
    { [`${C} image`]: "a:latest" },
    'K01 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image has no exact tag.',
  )
  .bad(
    "Shlink's stable",
    "deployment",
    { [`${C} image`]: "shlinkio/shlink:stable" },
    'K01 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image has no exact tag.',
  )
  .bad(
    "a major version",
    "deployment",
    { [`${C} image`]: "postgres:15" },
    'K01 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image has no exact tag.',
  )
  .bad(
    "a dead registry",
    "deployment",
    { [`${C} image`]: "k8s.gcr.io/pause:3.1" },
    'K03 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image comes from a registry that is no longer maintained.',
  )
  .bad(
    "an init container",
    "deployment",
    { [`${POD} initContainers`]: [{ image: "a" }] },
    'K01 Deployment "shlink/shlink", spec.template.spec.initContainers[0].image: the image has no exact tag.',
  )
  .bad(
    "Redis",
    "redis",
    { "spec redis image": "redis:latest" },
    'K01 RedisFailover "redis/shlink-redis", spec.redis.image: the image has no exact tag.',
  )
  .bad(
    "a sentinel",
    "redis",
    { "spec sentinel image": "redis" },
    'K01 RedisFailover "redis/shlink-redis", spec.sentinel.image: the image has no exact tag.',
  )
  .unknown(
    "an image that is an output",
    "deployment",
    { [`${C} image`]: UNKNOWN },
    "spec.template.spec.containers[0].image",
  );

const resources = new Cases(containerResources, { deployment: DEPLOYMENT, job: JOB })
  .good("a patch", "deployment", { "@type": PATCH, [`${C} resources`]: undefined })
  .good("limits, which Kubernetes takes for requests", "deployment", {
    [`${C} resources`]: { limits: { cpu: "1", memory: "1Gi" } },
  })
  .bad(
    "nothing",
    "deployment",
    { [`${C} resources`]: undefined },
    'K04 Deployment "shlink/shlink", spec.template.spec.containers[0].resources.requests.cpu: the container does not request CPU and memory.',
    'K04 Deployment "shlink/shlink", spec.template.spec.containers[0].resources.requests.memory: the container does not request CPU and memory.',
    'K04a Deployment "shlink/shlink", spec.template.spec.containers[0].resources.limits.memory: the container\'s memory has no limit.',
  )
  .bad(
    "no CPU",
    "job",
    { [`${C} resources requests cpu`]: undefined },
    'K04 Job "shlink/migration", spec.template.spec.containers[0].resources.requests.cpu: the container does not request CPU and memory.',
  )
  .bad(
    "no limit",
    "deployment",
    { [`${C} resources limits`]: undefined },
    'K04a Deployment "shlink/shlink", spec.template.spec.containers[0].resources.limits.memory: the container\'s memory has no limit.',
  )
  .unknown(
    "a limit that is an output",
    "deployment",
    { [`${C} resources limits memory`]: UNKNOWN },
    "spec.template.spec.containers[0].resources.limits.memory",
  );

const probes = new Cases(containerProbes, { deployment: DEPLOYMENT, job: JOB })
  .good("a patch", "deployment", { "@type": PATCH, [`${C} readinessProbe`]: undefined })
  .good("nothing to probe", "deployment", {
    [`${C} readinessProbe`]: undefined,
    [`${C} ports`]: undefined,
  })
  .good("a Job that listens", "job", { [`${C} ports`]: [{ containerPort: 1 }] })
  .good("liveness of its own", "deployment", {
    [`${C} livenessProbe`]: { httpGet: { path: "/alive" } },
  })
  .bad(
    "no readiness",
    "deployment",
    { [`${C} readinessProbe`]: undefined },
    'K06 Deployment "shlink/shlink", spec.template.spec.containers[0].readinessProbe: the container listens but has no readiness probe.',
  )
  .bad(
    "no readiness of a StatefulSet",
    "deployment",
    { "@type": "kubernetes:apps/v1:StatefulSet", [`${C} readinessProbe`]: undefined },
    'K06 StatefulSet "shlink/shlink", spec.template.spec.containers[0].readinessProbe: the container listens but has no readiness probe.',
  )
  .bad(
    "liveness by the database",
    "deployment",
    { [`${C} livenessProbe`]: { httpGet: { path: "/rest/health" } } },
    'K06a Deployment "shlink/shlink", spec.template.spec.containers[0].livenessProbe.httpGet.path: the liveness probe asks Shlink\'s health endpoint, which asks the database.',
  )
  .unknown(
    "a probe that is an output",
    "deployment",
    { [`${C} readinessProbe`]: UNKNOWN },
    "spec.template.spec.containers[0].readinessProbe",
  );

const SC = `${C} securityContext`;
const privileges = new Cases(containerPrivileges, { deployment: DEPLOYMENT, job: JOB })
  .good("a patch", "deployment", { "@type": PATCH, [`${POD} securityContext`]: undefined })
  .good("a user without the switch", "deployment", {
    [`${POD} securityContext runAsNonRoot`]: undefined,
  })
  .good("one harmless capability", "deployment", {
    [`${SC} capabilities add`]: ["NET_BIND_SERVICE"],
  })
  .good("capabilities in lower case", "deployment", { [`${SC} capabilities drop`]: ["all"] })
  .bad(
    "the image's user",
    "deployment",
    { [`${POD} securityContext`]: { seccompProfile: { type: "RuntimeDefault" } } },
    'K07 Deployment "shlink/shlink", spec.template.spec.securityContext.runAsNonRoot: the container may run as root.',
  )
  .bad(
    "root",
    "deployment",
    { [`${SC} runAsUser`]: 0 },
    'K07 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.runAsUser: the container runs as root.',
  )
  .bad(
    "no profile",
    "deployment",
    { [`${POD} securityContext seccompProfile`]: undefined },
    'K10 Deployment "shlink/shlink", spec.template.spec.securityContext.seccompProfile.type: the container runs without a seccomp profile.',
  )
  .bad(
    "an open profile",
    "deployment",
    { [`${SC} seccompProfile`]: { type: "Unconfined" } },
    'K10 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.seccompProfile.type: the container runs without a seccomp profile.',
  )
  .bad(
    "a privileged container",
    "deployment",
    { [`${SC} privileged`]: true },
    'K08 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.privileged: the container is privileged.',
  )
  .bad(
    "escalation left on",
    "deployment",
    { [`${SC} allowPrivilegeEscalation`]: undefined },
    'K08 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: the container can gain privileges.',
  )
  .bad(
    "escalation",
    "job",
    { [`${SC} allowPrivilegeEscalation`]: true },
    'K08 Job "shlink/migration", spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: the container can gain privileges.',
  )
  .bad(
    "capabilities kept",
    "deployment",
    { [`${SC} capabilities`]: undefined },
    'K08a Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.capabilities.drop: the container keeps or adds capabilities.',
  )
  .bad(
    "a capability added",
    "deployment",
    { [`${SC} capabilities add`]: ["NET_ADMIN"] },
    'K08a Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.capabilities.add[0]: the container keeps or adds capabilities.',
  )
  .bad(
    "a writable root",
    "deployment",
    { [`${SC} readOnlyRootFilesystem`]: undefined },
    'K11 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem: the root file system can be written.',
  )
  .unknown(
    "a switch that is an output",
    "deployment",
    { [`${SC} privileged`]: UNKNOWN },
    "spec.template.spec.containers[0].securityContext.privileged",
  );

const hosts = new Cases(hostAccess, { deployment: DEPLOYMENT })
  .good("a port of the pod", "deployment", { [`${C} ports`]: [{ containerPort: 1, hostPort: 0 }] })
  .good("switches that are off", "deployment", { [`${POD} hostNetwork`]: false })
  .bad(
    "the node's network",
    "deployment",
    { [`${POD} hostNetwork`]: true },
    'K09 Deployment "shlink/shlink", spec.template.spec.hostNetwork: the pod shares a namespace of the node.',
  )
  .bad(
    "the node's processes",
    "deployment",
    { [`${POD} hostPID`]: true },
    'K09 Deployment "shlink/shlink", spec.template.spec.hostPID: the pod shares a namespace of the node.',
  )
  .bad(
    "the node's memory",
    "deployment",
    { [`${POD} hostIPC`]: true },
    'K09 Deployment "shlink/shlink", spec.template.spec.hostIPC: the pod shares a namespace of the node.',
  )
  .bad(
    "the node's files",
    "deployment",
    { [`${POD} volumes`]: [{ hostPath: { path: "/" } }] },
    'K09a Deployment "shlink/shlink", spec.template.spec.volumes[0].hostPath: the pod mounts a path of the node.',
  )
  .bad(
    "the node's port",
    "deployment",
    { [`${C} ports`]: [{ hostPort: 80 }] },
    'K09b Deployment "shlink/shlink", spec.template.spec.containers[0].ports[0].hostPort: the container takes a port of the node.',
  )
  .bad(
    "in a CronJob",
    "deployment",
    {
      "@type": "kubernetes:batch/v1:CronJob",
      spec: { jobTemplate: { spec: { template: { spec: { hostPID: true } } } } },
    },
    'K09 CronJob "shlink/shlink", spec.jobTemplate.spec.template.spec.hostPID: the pod shares a namespace of the node.',
  )
  .bad(
    "in a Pod",
    "deployment",
    { "@type": "kubernetes:core/v1:Pod", spec: { hostPID: true } },
    'K09 Pod "shlink/shlink", spec.hostPID: the pod shares a namespace of the node.',
  )
  .unknown(
    "volumes that are an output",
    "deployment",
    { [`${POD} volumes`]: UNKNOWN },
    "spec.template.spec.volumes",
  );

const SECRET: Fixture = {
  type: "kubernetes:core/v1:Secret",
  name: "a",
  props: { metadata: { name: "a", namespace: "shlink" }, type: "Opaque" },
};
const accounts = new Cases(serviceAccounts, { deployment: DEPLOYMENT, job: JOB, secret: SECRET })
  .good("a patch", "deployment", {
    "@type": PATCH,
    [`${POD} automountServiceAccountToken`]: undefined,
  })
  .good("an account that is an output", "deployment", {
    [`${POD} automountServiceAccountToken`]: undefined,
    [`${POD} serviceAccountName`]: UNKNOWN,
  })
  .good("a Secret of another API", "secret", {
    "@type": "kubernetes:example.com/v1:Secret",
    type: "kubernetes.io/service-account-token",
  })
  .bad(
    "the default account",
    "deployment",
    { [`${POD} automountServiceAccountToken`]: undefined },
    'K12 Deployment "shlink/shlink", spec.template.spec.automountServiceAccountToken: the pod gets a token of the default account.',
  )
  .bad(
    "the default account by name",
    "job",
    { [`${POD} serviceAccountName`]: "default" },
    'K12 Job "shlink/migration", spec.template.spec.automountServiceAccountToken: the pod gets a token of the default account.',
  )
  .bad(
    "a stored token",
    "secret",
    { type: "kubernetes.io/service-account-token" },
    'K12a Secret "shlink/a", type: the Secret stores a service account\'s token.',
  )
  .unknown(
    "a switch that is an output",
    "deployment",
    { [`${POD} automountServiceAccountToken`]: UNKNOWN },
    "spec.template.spec.automountServiceAccountToken",
  );

const copies = new Cases(replicas, {
  deployment: DEPLOYMENT,
  gateway: GATEWAY_RELEASE,
  istiod: ISTIOD,
})
  .good("one that only watches", "deployment", { "spec replicas": 1, [`${C} ports`]: undefined })
  .good("a patch", "deployment", { "@type": PATCH, "spec replicas": 1 })
  .good("another kind", "deployment", {
    "@type": "kubernetes:apps/v1:DaemonSet",
    "spec replicas": undefined,
  })
  .good("pods that avoid each other", "deployment", {
    [`${POD} topologySpreadConstraints`]: undefined,
    [`${POD} affinity`]: { podAntiAffinity: {} },
  })
  .bad(
    "one replica",
    "deployment",
    { "spec replicas": 1 },
    'K13 Deployment "shlink/shlink", spec.replicas: the server runs once.',
  )
  .bad(
    "the default number",
    "deployment",
    { "spec replicas": undefined },
    'K13 Deployment "shlink/shlink", spec.replicas: the server runs once.',
  )
  .bad(
    "a gap in every rollout",
    "deployment",
    { "spec strategy type": "Recreate" },
    'K13a Deployment "shlink/shlink", spec.strategy.type: the rollout stops all pods before it starts new ones.',
  )
  .bad(
    "all on one node",
    "deployment",
    { [`${POD} topologySpreadConstraints`]: undefined },
    'K15 Deployment "shlink/shlink", spec.template.spec: the pods may all land on one node.',
  )
  .bad(
    "one gateway",
    "gateway",
    { "values autoscaling minReplicas": 1 },
    'K13 Helm release "gateway-system/gateway" (chart gateway), values.autoscaling.minReplicas: the server runs once.',
  )
  .bad(
    "istiod's default number",
    "istiod",
    { "values autoscaleMin": undefined },
    'K13 Helm release "istiod-system/istiod" (chart istiod), values.autoscaleMin: the server runs once.',
  )
  .unknown(
    "replicas that are an output",
    "deployment",
    { "spec replicas": UNKNOWN },
    "spec.replicas",
  );

const BUDGET: Fixture = {
  type: "kubernetes:policy/v1:PodDisruptionBudget",
  name: "shlink",
  props: {
    metadata: { name: "shlink", namespace: "shlink" },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: "shlink" } } },
  },
};
const budgets = new StackCases(disruptionBudgets, { deployment: DEPLOYMENT, budget: BUDGET })
  .good("one replica, for which a budget would forbid every drain", {
    deployment: { "spec replicas": 1 },
    budget: undefined,
  })
  .good("labels that are not known yet", {
    deployment: { "spec template metadata labels app": UNKNOWN },
  })
  .bad("no budget", { budget: undefined }, [
    'K14 Deployment "shlink/shlink": no disruption budget covers the pods.',
  ])
  .bad("a budget for other pods", { budget: { "spec selector matchLabels app": "other" } }, [
    'K14 Deployment "shlink/shlink": no disruption budget covers the pods.',
  ])
  .bad("a budget of another namespace", { budget: { "metadata namespace": "other" } }, [
    'K14 Deployment "shlink/shlink": no disruption budget covers the pods.',
  ])
  .bad("a budget that allows nothing", { budget: { "spec maxUnavailable": 0 } }, [
    'K14a PodDisruptionBudget "shlink/shlink", spec.maxUnavailable: the budget allows no disruption at all.',
  ])
  .bad("a budget that wants all", { budget: { "spec minAvailable": "100%" } }, [
    'K14a PodDisruptionBudget "shlink/shlink", spec.minAvailable: the budget allows no disruption at all.',
  ])
  .unknown("a budget that is an output", { budget: { "spec maxUnavailable": UNKNOWN } }, [
    "spec.maxUnavailable",
  ]);

const NETWORK: Fixture = {
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  name: "shlink",
  props: {
    metadata: { name: "shlink", namespace: "shlink" },
    spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] },
  },
};
const network = new StackCases(networkPolicies, {
  deployment: DEPLOYMENT,
  policy: NETWORK,
  job: JOB,
})
  .good("a policy that lets nobody in", { policy: { "spec ingress": undefined } })
  .good("a Job alone", { deployment: undefined, policy: undefined })
  .bad("no policy", { policy: undefined }, [
    'K16 Deployment "shlink/shlink": no NetworkPolicy selects the pods of the namespace.',
  ])
  .bad("a policy of another namespace", { policy: { "metadata namespace": "other" } }, [
    'K16 Deployment "shlink/shlink": no NetworkPolicy selects the pods of the namespace.',
  ])
  .bad("everybody let in", { policy: { "spec ingress": [{}] } }, [
    'K16a NetworkPolicy "shlink/shlink", spec.ingress[0]: the NetworkPolicy lets everybody in.',
  ])
  .unknown("a rule that is an output", { policy: { "spec ingress": [UNKNOWN] } }, [
    "spec.ingress[0]",
  ]);

const NAMESPACE: Fixture = {
  type: "kubernetes:core/v1:Namespace",
  name: "shlink",
  props: {
    metadata: { name: "shlink", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  },
};
const namespaces = new Cases(namespaceUse, {
  deployment: DEPLOYMENT,
  map: CONFIG_MAP,
  namespace: NAMESPACE,
  release: VAULT,
})
  .good("a patch", "deployment", { "@type": PATCH, "metadata namespace": undefined })
  .bad(
    "no namespace",
    "deployment",
    { "metadata namespace": undefined },
    'K17 Deployment "shlink", metadata.namespace: the object lives in a namespace that is not ours.',
  )
  .bad(
    "the default namespace",
    "map",
    { "metadata namespace": "default" },
    'K17 ConfigMap "default/settings", metadata.namespace: the object lives in a namespace that is not ours.',
  )
  .bad(
    "Kubernetes' namespace",
    "release",
    { namespace: "kube-system" },
    'K17 Helm release "kube-system/vault" (chart vault), namespace: the object lives in a namespace that is not ours.',
  )
  .bad(
    "no namespace of a release",
    "release",
    { namespace: undefined },
    'K17 Helm release "vault" (chart vault), namespace: the object lives in a namespace that is not ours.',
  )
  .unknown(
    "a namespace that is an output",
    "deployment",
    { "metadata namespace": UNKNOWN },
    "metadata.namespace",
  );

const enforcing = (level: string) => ({
  "metadata labels": { "pod-security.kubernetes.io/enforce": level },
});
const privilegedPodsIn = (namespace: string) =>
  `K18 Namespace "${namespace}", metadata.labels["pod-security.kubernetes.io/enforce"]: the namespace lets privileged pods in.`;
const privilegedPods = privilegedPodsIn("istio-cni");
const agentNamespace: Fixture = {
  type: "kubernetes:core/v1:Namespace",
  name: "istio-cni",
  props: {
    metadata: {
      name: "istio-cni",
      labels: { "pod-security.kubernetes.io/enforce": "privileged" },
    },
  },
};
const nodeAgent = (namespace: string, chart = "cni"): Fixture => ({
  type: "kubernetes:helm.sh/v3:Release",
  name: `${namespace}-${chart}`,
  props: { name: chart, chart, namespace, values: {} },
});
const podsBeside: Fixture = {
  ...DEPLOYMENT,
  props: { ...DEPLOYMENT.props, metadata: { name: "beside", namespace: "istio-cni" } },
};
const security = new Cases(podSecurity, { namespace: NAMESPACE })
  .good("the milder level", "namespace", enforcing("baseline"))
  .good("a patch of a namespace", "namespace", {
    "@type": "kubernetes:core/v1:NamespacePatch",
    "metadata labels": undefined,
  })
  .good("another API's namespace", "namespace", {
    "@type": "kubernetes:example.com/v1:Namespace",
    "metadata labels": undefined,
  })
  .add("privileged pods of the node agent", [agentNamespace, nodeAgent("istio-cni")], [], [])
  .add("privileged pods of nobody", [agentNamespace], [privilegedPods], [])
  .add(
    "privileged pods of a node agent elsewhere",
    [agentNamespace, nodeAgent("other")],
    [privilegedPods],
    [],
  )
  .add(
    "another chart beside the node agent",
    [agentNamespace, nodeAgent("istio-cni"), nodeAgent("istio-cni", "vault")],
    [privilegedPods],
    [],
  )
  .add(
    "pods beside the node agent",
    [agentNamespace, nodeAgent("istio-cni"), podsBeside],
    [privilegedPods],
    [],
  )
  .bad(
    "no label",
    "namespace",
    { "metadata labels": undefined },
    'K18 Namespace "shlink", metadata.labels["pod-security.kubernetes.io/enforce"]: the namespace enforces no Pod Security.',
  )
  .bad("privileged pods", "namespace", enforcing("privileged"), privilegedPodsIn("shlink"))
  .bad("a level that there is not", "namespace", enforcing("strict"), privilegedPodsIn("shlink"))
  .unknown(
    "a level that is an output",
    "namespace",
    enforcing(UNKNOWN),
    'metadata.labels["pod-security.kubernetes.io/enforce"]',
  );

const exposure = new Cases(serviceExposure, {
  service: SERVICE,
  gateway: GATEWAY_RELEASE,
  istiod: ISTIOD,
})
  .good("inside the cluster", "service", { "spec type": "ClusterIP" })
  .good("a gateway inside the cluster", "gateway", { "values service": { type: "ClusterIP" } })
  .good("a Service of another API", "service", {
    "@type": "kubernetes:serving.knative.dev/v1:Service",
    "spec type": "NodePort",
  })
  .bad(
    "a load balancer",
    "service",
    { "spec type": "LoadBalancer" },
    'K19 Service "shlink/shlink", spec.type: the Service is reachable from outside the cluster.',
  )
  .bad(
    "a port on every node",
    "service",
    { "spec type": "NodePort" },
    'K19 Service "shlink/shlink", spec.type: the Service is reachable from outside the cluster.',
  )
  .bad(
    "an outside name",
    "service",
    { "spec type": "ExternalName" },
    'K19a Service "shlink/shlink", spec.type: the Service points to a name or address outside.',
  )
  .bad(
    "an outside address",
    "service",
    { "spec externalIPs": ["192.0.2.1"] },
    'K19a Service "shlink/shlink", spec.externalIPs: the Service points to a name or address outside.',
  )
  .bad(
    "a gateway for everybody",
    "gateway",
    { "values service loadBalancerSourceRanges": undefined },
    'I27 Helm release "gateway-system/gateway" (chart gateway), values.service.loadBalancerSourceRanges: the public gateway takes any source address.',
  )
  .bad(
    "a gateway with the chart's default",
    "gateway",
    { "values service": undefined },
    'I27 Helm release "gateway-system/gateway" (chart gateway), values.service.loadBalancerSourceRanges: the public gateway takes any source address.',
  )
  .bad(
    "a gateway on every node",
    "gateway",
    { "values service": { type: "NodePort" } },
    'I27a Helm release "gateway-system/gateway" (chart gateway), values.service.type: the gateway\'s Service opens a port on every node.',
  )
  .unknown("a type that is an output", "service", { "spec type": UNKNOWN }, "spec.type");

const ROLE: Fixture = {
  type: "kubernetes:rbac.authorization.k8s.io/v1:Role",
  name: "bootstrap",
  props: {
    metadata: { name: "bootstrap", namespace: "vault" },
    rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
  },
};
const CLUSTER_ROLE: Fixture = {
  type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
  name: "reader",
  props: {
    metadata: { name: "reader" },
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }],
  },
};
const BINDING: Fixture = {
  type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
  name: "reader",
  props: {
    metadata: { name: "reader" },
    roleRef: { kind: "ClusterRole", name: "reader" },
    subjects: [{ kind: "ServiceAccount", name: "a" }],
  },
};
const rbac = new Cases(rbacScope, { role: ROLE, cluster: CLUSTER_ROLE, binding: BINDING })
  .good("one named Secret cluster-wide", "cluster", {
    "rules 0": { resources: ["secrets"], verbs: ["get"], resourceNames: ["a"] },
  })
  .good("writing of Secrets cluster-wide", "cluster", {
    "rules 0": { resources: ["secrets"], verbs: ["create"] },
  })
  .good("another API", "role", {
    "@type": "kubernetes:example.com/v1:Role",
    "rules 0 verbs": ["*"],
  })
  .bad(
    "every verb",
    "role",
    { "rules 0 verbs": ["*"] },
    'K21 Role "vault/bootstrap", rules[0].verbs[0]: the rule grants every verb, resource or group.',
  )
  .bad(
    "every resource",
    "role",
    { "rules 0 resources": ["*"] },
    'K21 Role "vault/bootstrap", rules[0].resources[0]: the rule grants every verb, resource or group.',
  )
  .bad(
    "every group",
    "role",
    { "rules 0 apiGroups": ["*"] },
    'K21 Role "vault/bootstrap", rules[0].apiGroups[0]: the rule grants every verb, resource or group.',
  )
  .bad(
    "impersonation",
    "role",
    { "rules 0 verbs": ["impersonate"] },
    'K21a Role "vault/bootstrap", rules[0].verbs[0]: the role can raise its own permissions.',
  )
  .good("the watching of every Secret by a role that is listed", "cluster", {
    "metadata name": "external-secrets-watch",
    "rules 0": { resources: ["secrets"], verbs: ["list", "watch"] },
  })
  .bad(
    "the watching of every Secret by another",
    "cluster",
    { "rules 0": { resources: ["secrets"], verbs: ["watch"] } },
    'K21d ClusterRole "reader", rules[0].resources[0]: the cluster-wide role reads every Secret.',
  )
  .bad(
    "the fetching of any Secret by a role that is listed",
    "cluster",
    {
      "metadata name": "external-secrets-watch",
      "rules 0": { resources: ["secrets"], verbs: ["list", "get"] },
    },
    'K21d ClusterRole "external-secrets-watch", rules[0].resources[0]: the cluster-wide role reads every Secret.',
  )
  .bad(
    "every Secret",
    "cluster",
    { "rules 0 resources": ["secrets"] },
    'K21d ClusterRole "reader", rules[0].resources[0]: the cluster-wide role reads every Secret.',
  )
  .bad(
    "cluster administrator",
    "binding",
    { "roleRef name": "cluster-admin" },
    'K21b ClusterRoleBinding "reader", roleRef.name: the account becomes cluster administrator.',
  )
  .bad(
    "everybody",
    "binding",
    { "subjects 0 name": "system:authenticated" },
    'K21c ClusterRoleBinding "reader", subjects[0].name: the permission goes to everybody.',
  )
  .unknown("verbs that are an output", "role", { "rules 0 verbs": UNKNOWN }, "rules[0].verbs");

const apis = new Cases(deprecatedApis, {
  deployment: DEPLOYMENT,
  gateway: GATEWAY,
  destination: DESTINATION,
  ingress: INGRESS,
})
  .good("EnvoyFilter, which has no other", "gateway", {
    "@type": "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter",
  })
  .good("a policy that has only a beta yet", "gateway", {
    "@type": "kubernetes:admissionregistration.k8s.io/v1beta1:MutatingAdmissionPolicy",
  })
  .bad(
    "a removed webhook",
    "ingress",
    {
      "@type": "kubernetes:admissionregistration.k8s.io/v1beta1:MutatingWebhookConfiguration",
    },
    'K22 MutatingWebhookConfiguration "shlink/web", apiVersion: the API version is removed from current clusters; admissionregistration.k8s.io/v1 took its place.',
  )
  .good("a beta of another API", "gateway", { "@type": "kubernetes:example.com/v1beta1:Gateway" })
  .bad(
    "a removed Ingress",
    "ingress",
    { "@type": "kubernetes:extensions/v1beta1:Ingress" },
    'K22 Ingress "shlink/web", apiVersion: the API version is removed from current clusters; networking.k8s.io/v1 took its place.',
  )
  .bad(
    "an old Istio",
    "destination",
    { "@type": "kubernetes:networking.istio.io/v1alpha3:DestinationRule" },
    'I26 DestinationRule "shlink/web", apiVersion: the object uses an old version of Istio\'s API.',
  )
  .bad(
    "an old version inside a ConfigMap",
    "deployment",
    {
      "@type": "kubernetes:core/v1:ConfigMap",
      spec: undefined,
      data: { x: "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: a\n" },
    },
    'K22 PodDisruptionBudget "a", data.x.apiVersion: the API version is removed from current clusters; policy/v1 took its place.',
  )
  .add(
    "an unknown name does not matter",
    [{ ...INGRESS, props: { metadata: { name: UNKNOWN } } }],
    [],
    [],
  );

const source = new Cases(helmSource, { release: VAULT })
  .good("a chart of our own", "release", {
    chart: "./components/janitor/chart",
    version: undefined,
  })
  .good("an archive", "release", { chart: ".local/charts/vault-0.34.1.tgz", version: undefined })
  .good("no chart at all", "release", {
    "@type": "kubernetes:core/v1:ConfigMap",
    version: undefined,
  })
  .bad(
    "no version",
    "release",
    { version: undefined },
    'S08a Helm release "vault/vault" (chart vault), version: the chart has no exact version.',
  )
  .bad(
    "a range",
    "release",
    { version: "^0.34.0" },
    'S08a Helm release "vault/vault" (chart vault), version: the chart has no exact version.',
  )
  .bad(
    "development versions",
    "release",
    { devel: true },
    'S08a Helm release "vault/vault" (chart vault), devel: the chart has no exact version.',
  )
  .bad(
    "http",
    "release",
    { "repositoryOpts repo": "http://helm.example.com" },
    'S08b Helm release "vault/vault" (chart vault), repositoryOpts.repo: the chart comes without TLS.',
  )
  .bad(
    "a chart by http",
    "release",
    { chart: "http://example.com/vault-1.0.0.tgz" },
    'S08b Helm release "vault/vault" (chart vault), chart: the chart comes without TLS.',
  )
  .bad(
    "no hooks",
    "release",
    { disableWebhooks: true },
    'S08c Helm release "vault/vault" (chart vault), disableWebhooks: the release skips the chart\'s own safeguards.',
  )
  .bad(
    "forced updates",
    "release",
    { forceUpdate: true },
    'S08c Helm release "vault/vault" (chart vault), forceUpdate: the release skips the chart\'s own safeguards.',
  )
  .unknown("a version that is an output", "release", { version: UNKNOWN }, "version");

const PROVIDER: Fixture = {
  type: "pulumi:providers:kubernetes",
  name: "kubernetes",
  props: { context: "shlink-prod" },
};
const hatches = new Cases(escapeHatches, { job: JOB, provider: PROVIDER })
  .good("a kubeconfig", "provider", { context: undefined, kubeconfig: "apiVersion: v1" })
  .good("curl that verifies", "job", {
    [`${C} command`]: ["sh", "-c", "curl -fsS --cacert /ca https://a/k"],
  })
  .bad(
    "a local command",
    "job",
    { "@type": "command:local:Command", spec: undefined, create: "make all" },
    'S10 command:local:Command "migration": the resource runs code that no policy can judge.',
  )
  .bad(
    "a dynamic resource",
    "job",
    { "@type": "pulumi-nodejs:dynamic:Resource", spec: undefined },
    'S10 pulumi-nodejs:dynamic:Resource "migration": the resource runs code that no policy can judge.',
  )
  .bad(
    "a local command without TLS checks",
    "job",
    {
      "@type": "command:remote:Command",
      spec: undefined,
      create: "vault login -tls-skip-verify",
    },
    'S10 command:remote:Command "migration": the resource runs code that no policy can judge.',
    'S10a command:remote:Command "migration", create: the command skips the verification of TLS.',
  )
  .bad(
    "curl that skips them",
    "job",
    { [`${C} command`]: ["sh", "-c", "curl -sk https://a"] },
    'S10a Job "shlink/migration", spec.template.spec.containers[0].command[2]: the command skips the verification of TLS.',
  )
  .bad(
    "kubectl that skips them",
    "job",
    { [`${C} args`]: ["--insecure-skip-tls-verify"] },
    'S10a Job "shlink/migration", spec.template.spec.containers[0].args[0]: the command skips the verification of TLS.',
  )
  .bad(
    "the shell's cluster",
    "provider",
    { context: undefined },
    'S11 pulumi:providers:kubernetes "kubernetes": the provider takes its cluster from the environment.',
  )
  .bad(
    "the default provider",
    "provider",
    { "@name": "default_4_25_0" },
    'S11 pulumi:providers:kubernetes "default_4_25_0": the provider takes its cluster from the environment.',
  )
  .bad(
    "a local cluster",
    "provider",
    { context: "shlink-local" },
    'S11a pulumi:providers:kubernetes "kubernetes", context: a prod stack uses a cluster that is named like a local one.',
  )
  .unknown("a context that is an output", "provider", { context: UNKNOWN }, "context");

const surfaces = new Cases(adminSurfaces, {
  vault: VAULT,
  istiod: ISTIOD,
  kiali: release("kiali-server", { auth: { strategy: "token" } }),
  grafana: release("grafana", { adminPassword: "a" }),
  prometheus: release("kube-prometheus-stack", { grafana: { adminPassword: "a" } }),
})
  .good("an internal Service", "vault", { "values server service": { type: "ClusterIP" } })
  .good("something else than a release", "vault", {
    "@type": "kubernetes:core/v1:ConfigMap",
    "values server ingress enabled": true,
  })
  .bad(
    "Vault's ingress",
    "vault",
    { "values server ingress enabled": true },
    'V18 Helm release "vault/vault" (chart vault), values.server.ingress.enabled: Vault is exposed by its chart.',
  )
  .bad(
    "Vault's UI",
    "vault",
    { "values ui serviceType": "LoadBalancer" },
    'V18 Helm release "vault/vault" (chart vault), values.ui.serviceType: Vault is exposed by its chart.',
  )
  .bad(
    "Vault's Service",
    "vault",
    { "values server service": { type: "NodePort" } },
    'V18 Helm release "vault/vault" (chart vault), values.server.service.type: Vault is exposed by its chart.',
  )
  .bad(
    "Kiali for everybody",
    "kiali",
    { "values auth strategy": "anonymous" },
    'I30 Helm release "kiali-server-system/kiali-server" (chart kiali-server), values.auth.strategy: the dashboard is open to everybody or has its default password.',
  )
  .bad(
    "Grafana's default password",
    "grafana",
    { "values adminPassword": "admin" },
    'I30 Helm release "grafana-system/grafana" (chart grafana), values.adminPassword: the dashboard is open to everybody or has its default password.',
  )
  .bad(
    "Grafana's default password in a stack of charts",
    "prometheus",
    { "values grafana adminPassword": "prom-operator" },
    'I30 Helm release "kube-prometheus-stack-system/kube-prometheus-stack" (chart kube-prometheus-stack), values.grafana.adminPassword: the dashboard is open to everybody or has its default password.',
  )
  .bad(
    "Grafana for everybody",
    "grafana",
    { values: { "grafana.ini": { "auth.anonymous": { enabled: true } } } },
    'I30 Helm release "grafana-system/grafana" (chart grafana), values["grafana.ini"]["auth.anonymous"].enabled: the dashboard is open to everybody or has its default password.',
  )
  .bad(
    "every address outside",
    "istiod",
    { "values meshConfig": undefined },
    'I24 Helm release "istiod-system/istiod" (chart istiod), values.meshConfig.outboundTrafficPolicy.mode: the mesh lets every pod call any address outside.',
  )
  .unknown(
    "a Service that is an output",
    "vault",
    { "values ui serviceType": UNKNOWN },
    "values.ui.serviceType",
  );

export const workloads: Suite[] = [
  images,
  resources,
  probes,
  privileges,
  hosts,
  accounts,
  copies,
  budgets,
  network,
  namespaces,
  security,
  exposure,
  rbac,
  apis,
  source,
  hatches,
  surfaces,
];
