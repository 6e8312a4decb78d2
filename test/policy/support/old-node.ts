import { spawnSync } from "node:child_process";

/** Runs a program of the pack by a Node that says it is of another version. */
export function asNode(version: string, cwd: string, ...program: string[]) {
  const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;
  const url = `data:text/javascript,${encodeURIComponent(pretend)}`;
  return spawnSync(process.execPath, ["--import", url, ...program], { cwd, encoding: "utf8" });
}
