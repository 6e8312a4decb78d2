import type { ImageOrigin } from "../cluster/index.ts";
import type { ToolName, Tools } from "../toolchain/index.ts";

export type Report = (line: string) => void;

/** Where all images and charts of one cluster come from: never some from here and some from there. */
export interface Supply {
  /** What this machine needs for it. */
  tools: ToolName[];
  /** The images that the cluster itself runs on. */
  systemImages(tools: Tools, report: Report): Promise<ImageOrigin[]>;
  /** The images of everything that the program installs. */
  images(tools: Tools, report: Report): Promise<ImageOrigin[]>;
  /** Fills the mirror that the stack `dev` names. */
  charts(tools: Tools, mirror: string): Promise<void>;
}
