/** What the engine and the script `pack` start; no `await`, as the engine's language host takes it by `require`. */

import { load } from "./load.js";

void load("pack");
