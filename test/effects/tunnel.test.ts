import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { openTunnel } from "../../effects/tunnel.ts";

describe("A tunnel", () => {
  it("refuses a port that is taken in one sentence that names the setting", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port: localPort } = holder.address() as AddressInfo;
    const target = { namespace: "vault", selector: "app=vault", port: 8200 };
    try {
      await assert.rejects(
        openTunnel(new KubeConfig(), { ...target, localPort, setting: "tunnels.vault" }),
        (error: Error) => {
          assert.ok(error instanceof pulumi.RunError);
          assert.equal(
            error.message,
            `Port ${localPort} on 127.0.0.1 is in use: end what uses it, or choose another in the setting tunnels.vault.`,
          );
          return true;
        },
      );
    } finally {
      holder.close();
    }
  });
});
