/** The pack as it is shipped. */

import { resourceOf } from "../../../policy/engine/normalise.js";
import { judgeResource, judgeStack } from "../../../policy/engine/policy.js";
import { policies } from "../../../policy/rules.js";
import type { Pack } from "./run.ts";

export const pack: Pack = { policies, resourceOf, judgeResource, judgeStack };
