import type { Settings } from "../../settings/index.ts";

export type Pods = Settings["pods"];
