#!/usr/bin/env node
/** The command `shlink-platform-policy`: see check.ts. */

import { load } from "./load.js";

void load("check");
