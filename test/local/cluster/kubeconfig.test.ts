import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { kubeconfig } from "../../../local/cluster/kubeconfig.ts";

describe("kubeconfig", () => {
  it("names the context shlink-local and embeds everything it needs", () => {
    const text = kubeconfig("admin", { authority: "A", certificate: "C", key: "K" });
    const config = JSON.parse(text) as Record<string, unknown>;
    assert.equal(config["current-context"], "shlink-local");
    assert.match(text, /"server": "https:\/\/10\.201\.0\.2:6443"/);
    assert.match(text, /"client-key-data": "Sw=="/);
    assert.doesNotMatch(text, /"client-key":|insecure/);
  });
});
