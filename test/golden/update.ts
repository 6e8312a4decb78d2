import { writeFile } from "node:fs/promises";
import { golden, goldenFile, stacks } from "./stacks.ts";

for (const stack of stacks) await writeFile(goldenFile(stack), await golden(stack));
