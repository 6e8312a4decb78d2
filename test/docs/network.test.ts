import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { fewestFlows, type Flow, flowsFor, scrapeFlows } from "../../platform/flows.ts";

const flows = flowsFor({ ...fewestFlows, cni: true, snapshots: true });
const names = (peers: Flow["from"]) =>
  peers.map((peer) => (typeof peer === "string" ? peer : "Prometheus"));
const list = (cell: string) => cell.split(",").map((name) => name.replaceAll("`", "").trim());

/** `from to port` of each line of the table of what goes in clear, and of each connection. */
const table = readFileSync("docs/network.md", "utf8")
  .split("\n")
  .map((line) => line.split("|").slice(1, -1))
  .filter((cells) => cells.length === 5 && /^[\d, ]+$/.test(cells[2] ?? ""))
  .flatMap(([from = "", to = "", ports = ""]) => combine(list(from), list(to), list(ports)));
const connections = (some: Flow[]) =>
  some.flatMap(({ from, to, ports }) => combine(names(from), names(to), ports.map(String)));

function combine(from: string[], to: string[], ports: string[]): [string, string, string][] {
  return from.flatMap((one) =>
    to.flatMap((other) => ports.map((port): [string, string, string] => [one, other, port])),
  );
}

const sorted = (some: [string, string, string][]) => some.map((one) => one.join(" ")).sort();

describe("What docs/network.md says goes in clear", () => {
  it("is every connection to Redis and its sentinels", () => {
    const toRedis = ([, to]: [string, string, string]) => ["redis", "sentinel"].includes(to);
    assert.deepEqual(
      sorted(table.filter((one) => toRedis(one) && one[0] !== "Prometheus")),
      sorted(connections(flows).filter(toRedis)),
    );
  });

  it("is every scrape but those of TLS ports", () => {
    const tls = ["Prometheus gateway 443", "Prometheus vault 8200"];
    assert.deepEqual(
      [...sorted(table.filter(([from]) => from === "Prometheus")), ...tls].sort(),
      sorted(connections(scrapeFlows("monitoring"))),
    );
  });
});
