import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { devSettings, entryOf } from "../../../local/stack/entry.ts";

describe("Where stack dev serves", () => {
  it("is the node's port and the host of its file", async () => {
    const { port, host } = entryOf(await devSettings());
    assert.deepEqual({ port, host }, { port: 30080, host: "shlink.local" });
  });

  it("is nowhere on this machine where the gateway's Service opens no port of the node", async () => {
    const { mesh, ...rest } = await devSettings();
    const service = { type: "ClusterIP" as const };
    const gateway = { ...mesh.gateway, service } as typeof mesh.gateway;
    assert.throws(
      () => entryOf({ ...rest, mesh: { ...mesh, gateway } as typeof mesh }),
      /^LocalError: Pulumi\.dev\.yaml: mesh\.gateway\.service must be a NodePort on the local cluster\.$/,
    );
  });
});
