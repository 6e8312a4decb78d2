import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, it } from "mocha";
import { synth } from "../support/synth.ts";

const sdk = createRequire(import.meta.url).resolve("@pulumi/kubernetes/provider.js");
const { version } = JSON.parse(
  readFileSync(sdk.replace(/provider\.js$/, "package.json"), "utf8"),
) as {
  version: string;
};

describe("The kubernetes provider", () => {
  it(`takes over what an administrator made first, by default (to 4.28) or on demand: ${version}`, async () => {
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const onDemand = major > 4 || minor >= 29;
    const { registrations } = await synth("dev");
    const provider = registrations.find(({ type }) => type === "pulumi:providers:kubernetes");
    assert.equal(provider?.inputs["upsertExistingObjects"], onDemand ? "true" : undefined);
    assert.equal(readFileSync(sdk, "utf8").includes("upsertExistingObjects"), onDemand);
  });
});
