import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { merge } from "../../local/stack/stacks.ts";
import { stackSettings } from "../../plan/render.ts";
import { parseSettings } from "../../settings/index.ts";
import { charts, none } from "../components/observability/addons/charts.ts";

describe("The settings of the addons", () => {
  /** Each with what is left out of production. */
  const refused: [string, Record<string, object>, string[], RegExp][] = [
    [
      "Grafana without Prometheus",
      { ...charts, prometheus: none },
      ["tracing", "prober"],
      /addons\.grafana: shows what Prometheus knows/,
    ],
    [
      "Kiali without Prometheus",
      { ...charts, prometheus: none },
      ["tracing", "prober"],
      /addons\.kiali: shows what Prometheus knows/,
    ],
    ["two places for traces", charts, ["prober"], /observability\.tracing: must be left out/],
    [
      "a prober that its Prometheus cannot reach",
      charts,
      ["tracing"],
      /observability\.prober: must be left out/,
    ],
    [
      "an address without a scheme",
      { ...charts, kiali: { mode: "address", address: "kiali:80" } },
      ["tracing", "prober"],
      /addons\.kiali\.address: must be an address/,
    ],
  ];
  for (const [what, addons, left, message] of refused)
    it(`refuse ${what}`, () => {
      const without = Object.fromEntries(left.map((key) => [key, undefined]));
      const settings = merge(stackSettings("prod"), { observability: { addons, ...without } });
      assert.throws(() => parseSettings("Pulumi.prod.yaml", settings), message);
    });
});
