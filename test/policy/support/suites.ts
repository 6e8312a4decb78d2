/** The cases of every policy, each from the file in ../rules that bears the policy's name. */

import { readdirSync } from "node:fs";
import type { Suite } from "./suite.ts";

const folder = new URL("../rules/", import.meta.url);

export const suites = await Promise.all(
  readdirSync(folder)
    .filter((file) => file.endsWith(".cases.ts"))
    .sort()
    .map(async (file) => {
      const { suite } = (await import(new URL(file, folder).href)) as { suite: Suite };
      return suite;
    }),
);
