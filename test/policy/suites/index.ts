import { required } from "./required.ts";
import type { Suite } from "../support/suite.ts";

export const suites: Suite[] = [...required];
