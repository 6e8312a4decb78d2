import { createHash } from "node:crypto";

/** A finished binary of the toolchain. */
export type ToolName =
  | "bao"
  | "coredns"
  | "envoy"
  | "external-secrets"
  | "install-cni"
  | "istio-cni"
  | "local-path-provisioner"
  | "node"
  | "pilot-agent"
  | "pilot-discovery"
  | "redis-operator";

/** A Go module whose folder holds files that an image needs. */
export type ModuleName = "external-secrets" | "istio" | "redis-operator";

/** Where a file comes from; what it is on this machine is told by `ImageInputs`. */
export type Source =
  | { readonly tool: ToolName }
  | { readonly debian: string }
  | { readonly module: ModuleName; readonly path: string }
  | { readonly repository: string }
  | { readonly bundle: string };

export interface CopyPart {
  readonly copy: Source;
  readonly to: string;
  readonly mode?: number;
}

export interface TreePart {
  readonly tree: Source;
  readonly to: string;
  readonly except?: RegExp;
}

export interface TextPart {
  readonly text: string;
  readonly to: string;
  readonly mode?: number;
}

export interface FolderPart {
  readonly folder: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface LinkPart {
  readonly link: string;
  readonly target: string;
}

/** One link for every command that this busybox knows. */
export interface AppletsPart {
  readonly applets: Source;
  readonly folder: string;
}

export type Part = CopyPart | TreePart | TextPart | FolderPart | LinkPart | AppletsPart;

export interface LayerRecipe {
  readonly name: string;
  readonly parts: readonly Part[];
}

/** Kubernetes cannot prove a named user to be other than root, so only numbers are allowed. */
export type NumericUser = `${number}` | `${number}:${number}`;

export interface ImageRecipe {
  readonly name: string;
  readonly layers: readonly LayerRecipe[];
  readonly user: NumericUser;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
  readonly ports?: readonly string[];
}

export const PATH_OF_IMAGES = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What containerd reads about an image: how to start it, and the digests of its layers. */
export function imageConfig(recipe: ImageRecipe, diffIds: readonly string[]): string {
  const environment = { PATH: PATH_OF_IMAGES, ...recipe.environment };
  return JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: {
      User: recipe.user,
      Env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
      Entrypoint: recipe.entrypoint,
      Cmd: recipe.command,
      WorkingDir: recipe.workingFolder ?? "/",
      ExposedPorts: recipe.ports && Object.fromEntries(recipe.ports.map((port) => [port, {}])),
    },
    rootfs: { type: "layers", diff_ids: diffIds.map((digest) => `sha256:${digest}`) },
    history: recipe.layers.map(({ name }) => ({
      created: "1970-01-01T00:00:00Z",
      created_by: name,
    })),
  });
}

/** The key of the cache: other content, other start, other name: another key. */
export function imageKey(recipe: ImageRecipe, diffIds: readonly string[]): string {
  return createHash("sha256")
    .update(recipe.name)
    .update(imageConfig(recipe, diffIds))
    .digest("hex")
    .slice(0, 20);
}

export function safeName(image: string): string {
  return image.replaceAll(/[^a-zA-Z0-9._-]+/g, "_");
}
