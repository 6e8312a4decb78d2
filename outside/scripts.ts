import { readFileSync } from "node:fs";

const folder = new URL("../incluster/", import.meta.url);

/** Source text of in-cluster scripts by file name; Node in the pod strips their types as it does here. */
export function scripts(...names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(new URL(name, folder), "utf8")]),
  );
}
