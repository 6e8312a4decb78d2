/** The pack as it is shipped. */

import { resourceOf } from "../../../policy/engine/normalise.ts";
import { judgeResource, judgeStack } from "../../../policy/engine/policy.ts";
import { policies } from "../../../policy/rules.ts";
import type { Pack } from "./run.ts";

export const pack: Pack = { policies, resourceOf, judgeResource, judgeStack };
