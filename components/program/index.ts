import { readFileSync } from "node:fs";
import type { Program } from "../../incluster/environment.ts";

const folder = new URL("../../incluster/", import.meta.url);

/** Reads the source of in-cluster programs and of what they import, by file name; Node in the pod strips their types. */
export function readPrograms(...programs: Program[]): Record<string, string> {
  const texts = new Map<string, string>();
  const names: string[] = [...programs];
  for (const name of names) {
    if (texts.has(name)) continue;
    const text = readFileSync(new URL(name, folder), "utf8");
    texts.set(name, text);
    names.push(...importsOf(text));
  }
  return Object.fromEntries(texts);
}

/** The files beside it that a program loads; an import of types alone is gone once it runs. */
const importsOf = (text: string) =>
  [...text.matchAll(/^import (?!type )[^;]* from "\.\/([^"]+)";$/gm)].map(([, name = ""]) => name);
