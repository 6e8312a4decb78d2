/** Every case of every policy. */

import type { Suite } from "../support/suite.ts";
import { data } from "./data.ts";
import { mesh } from "./mesh.ts";
import { required } from "./required.ts";
import { vault } from "./vault.ts";
import { workloads } from "./workloads.ts";

export const suites: Suite[] = [...required, ...mesh, ...vault, ...data, ...workloads];
