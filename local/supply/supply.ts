import type { ImageOrigin } from "../cluster/index.ts";
import type { ToolName, Tools } from "../toolchain/index.ts";

export type Report = (line: string) => void;

/** The source of all images and charts of one cluster: never some from here and some from there. */
export interface Supply {
  /** The tools that this machine needs for it. */
  tools: ToolName[];
  /** Lists the images that the cluster itself runs on. */
  systemImages(tools: Tools, report: Report): Promise<ImageOrigin[]>;
  /** Lists the images of everything that the program installs. */
  images(tools: Tools, report: Report): Promise<ImageOrigin[]>;
  /** Fills the mirror that the stack `dev` names. */
  charts(tools: Tools, mirror: string): Promise<void>;
}
