import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { render } from "../../plan/render.ts";
import { synth } from "../support/synth.ts";

describe("A stack that is rendered", () => {
  const shell = {
    KUBECONFIG: "/a/kubeconfig",
    PGSSLMODE: "disable",
    PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS: "true",
    VAULT_MAX_RETRIES: "0",
    VAULT_SKIP_VERIFY: "true",
  };
  afterEach(() => {
    for (const name of Object.keys(shell)) delete process.env[name];
  });

  it("is the same in every shell, which finds its variables again", async () => {
    const expected = await synth("dev");
    Object.assign(process.env, shell);
    assert.deepEqual((await render("dev")).registrations, expected.registrations);
    for (const [name, value] of Object.entries(shell)) assert.equal(process.env[name], value);
  });
});
