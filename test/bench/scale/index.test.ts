import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { stackFile } from "../../../bench/scale.ts";
import { record } from "../../../plan/render.ts";
import { settingsKey } from "../../../platform/project.ts";

describe("The program of many applications", function () {
  this.timeout(60_000);

  it("registers as many as it is told with the settings of the benchmark, one of them with another rate", async () => {
    const told = { BENCH_APPLICATIONS: "3", BENCH_REDIRECTS: "201" };
    Object.assign(process.env, told);
    const { default: program } = await import("../../../bench/scale/index.ts");
    for (const name of Object.keys(told)) delete process.env[name];
    const { config } = parse(await stackFile()) as { config: Record<string, object> };
    const limits: string[] = [];
    const watch: pulumi.ResourceTransformation = ({ type, props }) => {
      if (type.endsWith(":EnvoyFilter")) limits.push(JSON.stringify(props["spec"]));
      return undefined;
    };
    const settings = config[settingsKey] as Record<string, unknown>;
    const run = () => Promise.resolve(program());
    const { registrations } = await record("dev", settings, watch, run);
    const names = registrations.flatMap(({ type, name }) =>
      type.includes(":Application-") ? [name] : [],
    );
    assert.deepEqual(names, ["app1", "app2", "app3"]);
    // Beside a gateway that is not theirs each has one bucket for all that it takes.
    const rates = limits.map((limit) => /"tokens_per_fill":(\d+)/.exec(limit)?.[1]);
    assert.deepEqual(rates, ["501", "500", "500"]);
  });
});
