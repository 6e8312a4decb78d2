import { createHash } from "node:crypto";
import type { Source } from "./inputs.ts";

export interface CopyPart {
  copy: Source;
  to: string;
  mode?: number;
}

/** A TypeScript program of this repository with everything it imports, as one file. */
export interface BundlePart {
  bundle: string;
  to: string;
}

export interface TreePart {
  tree: Source;
  to: string;
  except?: RegExp;
}

interface TextPart {
  text: string;
  to: string;
  mode?: number;
}

interface FolderPart {
  folder: string;
  mode?: number;
  uid?: number;
  gid?: number;
}

export interface LinkPart {
  link: string;
  target: string;
}

/** One link for every command that this busybox knows. */
export interface AppletsPart {
  applets: Source;
  folder: string;
}

export type Part =
  CopyPart | BundlePart | TreePart | TextPart | FolderPart | LinkPart | AppletsPart;

export interface LayerRecipe {
  name: string;
  parts: readonly Part[];
}

/** Kubernetes cannot prove a named user to be other than root, so only numbers are allowed. */
type NumericUser = `${number}` | `${number}:${number}`;

export interface ImageRecipe {
  name: string;
  layers: readonly LayerRecipe[];
  user: NumericUser;
  entrypoint?: readonly string[];
  command?: readonly string[];
  environment?: Record<string, string>;
  workingFolder?: string;
  ports?: readonly string[];
}

const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Writes what containerd reads about an image: how to start it, and the digests of its layers. */
export function imageConfig(recipe: ImageRecipe, diffIds: readonly string[]): string {
  const environment = { PATH: searchPath, ...recipe.environment };
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

/** Makes the key of the cache: other content, another start or another name make another key. */
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
