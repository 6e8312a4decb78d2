import { readFile } from "node:fs/promises";
import { tryRun } from "../lib/run.ts";

export interface Mount {
  point: string;
  type: string;
  options: string[];
}

/** Parses /proc/self/mountinfo, in which blanks of a path are octal escapes. */
export function parseMounts(mountinfo: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of mountinfo.split("\n")) {
    const [left, right] = line.split(" - ");
    const point = left?.split(" ")[4];
    const [type, , options] = right?.split(" ") ?? [];
    if (point && type)
      mounts.push({ point: unescape(point), type, options: (options ?? "").split(",") });
  }
  return mounts;
}

function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  );
}

/** Lists the mount points at or below a folder, in an order in which they can be unmounted. */
export function mountsBelow(mounts: Mount[], folder: string): string[] {
  return mounts
    .map((mount) => mount.point)
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .reverse();
}

export async function currentMounts(): Promise<Mount[]> {
  return parseMounts(await readFile("/proc/self/mountinfo", "utf8"));
}

/** Unmounts everything at or below a folder and returns what resisted. */
export async function unmountBelow(folder: string): Promise<string[]> {
  const points = mountsBelow(await currentMounts(), folder);
  for (let at = 0; at < points.length; at += 100) {
    await tryRun("umount", ["--no-canonicalize", "--", ...points.slice(at, at + 100)]);
  }
  const busy = mountsBelow(await currentMounts(), folder);
  for (const point of busy) await tryRun("umount", ["--lazy", "--no-canonicalize", "--", point]);
  return mountsBelow(await currentMounts(), folder);
}
