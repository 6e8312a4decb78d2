import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "mocha";
import { workloads } from "../../platform/workloads.ts";
import { repository } from "../../local/lib/paths.ts";
import { isPlainHttp, type Segment } from "./capture.ts";
import { kubernetes } from "./platform.ts";
import { knownSecrets } from "./secrets.ts";

/** Tests on what crossed the pods' bridge: in clear goes only what docs/network.md lists. */
export function nothingInClear(capture: () => Segment[]): void {
  it("sends no secret in clear between pods, but where the documentation says so", async () => {
    const secrets = await knownSecrets();
    const found = await hops(capture(), ({ payload }) =>
      secrets.some(([, value]) => payload.includes(value)),
    );
    assert.deepEqual(undocumented(found), []);
  });

  it("speaks no HTTP in clear between pods, but where the documentation says so", async () => {
    assert.deepEqual(undocumented(await hops(capture(), isPlainHttp)), []);
  });

  it("has seen what it judges: the traffic of every part", async () => {
    const seen = (await hops(capture(), () => true)).map(({ to }) => to);
    for (const name of ["shlink", "vault", "postgres", "redis", "sentinel", "istiod"])
      assert.ok(seen.includes(name), name);
  });
}

/** Who spoke to whom, by names of workloads, towards the server's port. */
interface Hop {
  from: string;
  to: string;
  port: number;
}

/** Connections between pods that have such a segment, each once. */
async function hops(segments: Segment[], such: (segment: Segment) => boolean): Promise<Hop[]> {
  const names = await workloadsByAddress();
  const found = segments.flatMap((segment) => {
    const [sender, receiver] = [names.get(segment.from), names.get(segment.to)];
    if (sender === undefined || receiver === undefined || !such(segment)) return [];
    const [from, to] = segment.ports;
    // Clients' ports are above the servers'.
    return from > to
      ? [{ from: sender, to: receiver, port: to }]
      : [{ from: receiver, to: sender, port: from }];
  });
  return [...new Map(found.map((hop) => [JSON.stringify(hop), hop])).values()];
}

/** Names of the workloads by the addresses of their pods, of those that have ended, too. */
async function workloadsByAddress(): Promise<Map<string, string>> {
  const { items } = await kubernetes().core.listPodForAllNamespaces();
  const named = items.flatMap(({ metadata, spec, status }) => {
    if (status?.podIP === undefined || spec?.hostNetwork === true) return [];
    const found = Object.entries(workloads).find(
      ([, { namespace, labels }]) =>
        namespace === metadata?.namespace &&
        Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value),
    );
    return [[status.podIP, found?.[0] ?? `${metadata?.namespace}/${metadata?.name}`] as const];
  });
  return new Map(named);
}

/** The rows of the table `From | To | Port | Protocol | Why`. */
function documented(): Hop[] {
  const text = readFileSync(join(repository, "docs/network.md"), "utf8");
  const rows = text.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([\d, ]+) \| [^|]+ \| [^|]+ \|$/gm);
  return [...rows].flatMap(([, from = "", to = "", ports = ""]) =>
    list(from).flatMap((one) =>
      list(to).flatMap((other) =>
        list(ports).map((port) => ({ from: one, to: other, port: Number(port) })),
      ),
    ),
  );
}

const list = (cell: string) => cell.split(",").map((name) => name.replaceAll("`", "").trim());

function undocumented(found: Hop[]): Hop[] {
  const known = new Set(documented().map((hop) => JSON.stringify(hop)));
  return found.filter((hop) => !known.has(JSON.stringify(hop)));
}
