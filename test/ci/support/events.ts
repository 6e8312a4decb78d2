import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Preview, readPreview } from "../../../ci/events.ts";
import type { Pack } from "../../../ci/guard.ts";

/** What the engine wrote in real previews, cut down to the events that are read. */
export const path = (name: string) =>
  fileURLToPath(new URL(`../events/${name}.jsonl`, import.meta.url));
export const recorded = (name: string) => readFileSync(path(name), "utf8");
export const preview = (name: string): Preview => readPreview(path(name), recorded(name));

export const pack: Pack = {
  name: "shlink-platform",
  version: "1.0.0",
  locked: ["vault-server-tls", "wildcard-hosts-istio"],
};

/** What stands outside of fenced code, where GitHub reads markup. */
export function outside(body: string): string {
  let fenced = false;
  const lines = body.split("\n").filter((line) => {
    const fence = fenced ? /^ {0,3}`{3,}\s*$/.test(line) : /^ {0,3}`{3,}[^`]*$/.test(line);
    if (fence) fenced = !fenced;
    return !fence && !fenced;
  });
  if (fenced) throw new Error("A fence is left open.");
  return lines.join("\n");
}
