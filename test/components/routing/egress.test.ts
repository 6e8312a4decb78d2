import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { synth } from "../../support/synth.ts";

const sidecar = "kubernetes:networking.istio.io/v1:Sidecar::shlink-egress";

describe("Shlink's calls", () => {
  it("go to its database, its Redis and the collector of its traces only", async () => {
    const prod = await synth("prod");
    assert.deepEqual(prod.input(sidecar, "spec"), {
      workloadSelector: { labels: { app: "shlink" } },
      egress: [{ hosts: ["postgres/*", "redis/*", "monitoring/*"] }],
      outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    });
  });

  it("go anywhere when titles are to be fetched, and Shlink then fetches them", async () => {
    const dev = await synth("dev", { shlink: { resolveTitles: true } });
    assert.deepEqual(dev.input(sidecar, "spec", "outboundTrafficPolicy"), { mode: "ALLOW_ANY" });
    assert.match(dev.text(), /"AUTO_RESOLVE_TITLES","value":"true"/);
  });
});
