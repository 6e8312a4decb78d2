import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { workloads } from "../../../platform/workloads.ts";
import { allowed, type Endpoint, type Policy } from "../../support/network.ts";
import { synth } from "../../support/synth.ts";

const shlink = {
  matomo: { mode: "server", url: "https://matomo.example.com:8443", siteId: 1 },
  realTimeUpdates: {
    rabbitMq: { mode: "broker", host: "mq.messages.svc", port: 5672, user: "shlink", tls: false },
  },
};
const broker: Endpoint = { namespace: "messages", labels: { app: "of any kind" } };

describe("The services that Shlink's settings name", () => {
  const policies = async (change: object) =>
    (await synth("dev", change))
      .of("NetworkPolicy")
      .map(({ inputs }) => inputs as unknown as Policy);

  it("are reached by Shlink at their ports, wherever they are, and by its migration not at all", async () => {
    const [closed, opened] = [await policies({}), await policies({ shlink })];
    for (const address of ["203.0.113.7", "192.168.7.7"]) {
      assert.ok(!allowed(closed, workloads.shlink, { address }, 8443));
      assert.ok(allowed(opened, workloads.shlink, { address }, 8443));
      assert.ok(!allowed(opened, workloads.shlink, { address }, 5672));
      assert.ok(!allowed(opened, workloads["shlink-migration"], { address }, 8443));
    }
    assert.ok(!allowed(closed, workloads.shlink, broker, 5672));
    assert.ok(allowed(opened, workloads.shlink, broker, 5672));
    assert.ok(!allowed(opened, workloads.shlink, { ...broker, namespace: "other" }, 5672));
  });
});
