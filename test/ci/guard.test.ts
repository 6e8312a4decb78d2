import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readPreview } from "../../ci/events.ts";
import { packMissing } from "../../ci/guard.ts";
import { pack, preview, recorded } from "./support/events.ts";
import { projectName } from "../../platform/project.ts";

const judge = (name: string) => packMissing(preview(name), pack);
const judgeText = (text: string) => packMissing(readPreview("create.jsonl", text), pack);

describe("the guard of the policy pack", () => {
  it("is content when the pack judged every resource, whatever it said", () => {
    for (const name of [
      "create",
      "same",
      "change",
      "advised",
      "refused",
      "two-packs",
      "large",
      "read",
    ])
      assert.equal(judge(name), undefined, name);
  });

  it("knows the name under which the pack runs", () => {
    const index = readFileSync(new URL("../../policy/pack.ts", import.meta.url), "utf8");
    assert.ok(index.includes(`new PolicyPack("${pack.name}"`));
    const main = readFileSync(new URL("../../ci/main.ts", import.meta.url), "utf8");
    assert.ok(main.includes("name: projectName"));
    assert.equal(pack.name, projectName);
  });

  it("refuses a preview without the pack", () => {
    const sentence =
      "The policy pack shlink-platform did not run on dev: pass --policy-pack to pulumi preview.";
    assert.equal(judge("no-pack"), sentence);
    const other = recorded("create").replaceAll("shlink-platform", "shlink-platform-2");
    assert.equal(judgeText(other), sentence);
  });

  it("refuses another version of the pack", () => {
    assert.equal(
      judgeText(recorded("create").replaceAll('"1.0.0"', '"0.9.0"')),
      "The policy pack shlink-platform ran on dev in version 0.9.0, but this commit holds 1.0.0.",
    );
  });

  it("refuses a preview that failed before the pack saw everything", () => {
    assert.equal(
      judge("failing"),
      "The preview of dev failed, so the policy pack shlink-platform has not seen all of it.",
    );
    assert.equal(
      judge("not-started"),
      "The preview of not-started failed before its end, and so did the policies.",
    );
  });

  it("refuses resources that the pack has not judged, and a preview of nothing", () => {
    const lines = recorded("create").split("\n");
    const one = lines.findLastIndex((line) => line.includes("policyAnalyzeSummaryEvent"));
    assert.equal(
      judgeText(lines.toSpliced(one, 1).join("\n")),
      "The policy pack shlink-platform judged 4 of 5 resources of dev.",
    );
    const others = recorded("two-packs")
      .split("\n")
      .filter((line) => !/policyAnalyze.*"policyPackName":"shlink-platform"/.test(line));
    assert.match(judgeText(others.join("\n")) ?? "", /judged 0 of 6 resources of prod/);
    const bare = lines.filter((line) => line.includes("summaryEvent"));
    assert.match(judgeText(bare.join("\n")) ?? "", /judged 0 of 0 resources/);
  });

  it("refuses a pack that ran without one of the locked policies", () => {
    assert.equal(
      judgeText(recorded("create").replaceAll('"vault-server-tls"', '"x"')),
      "The policy pack shlink-platform ran on dev without vault-server-tls.",
    );
  });
});
