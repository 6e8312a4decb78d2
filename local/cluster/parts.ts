import { join } from "node:path";
import { buildImages } from "../images/build.ts";
import { systemImageNames } from "../images/recipes.ts";
import { startTools, ToolFailure } from "../toolchain/index.ts";
import { ClusterError } from "./failure.ts";
import type { ImageOrigin } from "./images.ts";
import type { ClusterTools } from "./start.ts";

const repository = join(import.meta.dirname, "..", "..");

export interface ClusterParts {
  tools: ClusterTools;
  systemImages: ImageOrigin[];
}

/** The binary and the image archives that a cluster needs, made where they are missing. */
export async function clusterParts(onProgress: (message: string) => void): Promise<ClusterParts> {
  try {
    const tools = await startTools({ onProgress });
    const [kubernetes, coredns, provisioner, debianRoot] = await Promise.all([
      tools.path("kubernetes"),
      tools.path("coredns"),
      tools.path("local-path-provisioner"),
      tools.debianRoot,
    ]);
    const programs: Record<string, string> = { coredns, "local-path-provisioner": provisioner };
    const built = await buildImages(systemImageNames, {
      repository,
      debianRoot,
      tool: (name) => programs[name] ?? "",
      moduleFolder: () => "",
    });
    return { tools: { kubernetes }, systemImages: built.map(({ tar }) => ({ archive: tar })) };
  } catch (error) {
    if (error instanceof ToolFailure) throw new ClusterError(error.message);
    throw error;
  }
}
