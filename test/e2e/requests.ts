import assert from "node:assert/strict";
import { it } from "mocha";
import type { Pulumi } from "../../local/stack/pulumi.ts";
import { auditLog, figure } from "./platform.ts";

/** What the API server's audit log says of one request. */
interface Asked {
  verb: string;
  requestURI: string;
  user: { username: string };
  userAgent?: string;
  /** Absent: the request is for no object, such as those of discovery. */
  objectRef?: { resource: string; subresource?: string };
  requestReceivedTimestamp: string;
}

/** The user of the kubeconfig with which stack dev is deployed. */
const deployer = "kubernetes-admin";
const isPlugins = ({ userAgent = "" }: Asked) => userAgent.startsWith("pulumi-kubernetes");

/** Tests for running stack dev: what a preview without a change asks the API server. */
export function asksLittle(pulumi: () => Pulumi): void {
  it("asks for no unchanged object in a preview, and writes nothing", async () => {
    const begun = new Date();
    assert.ok(await pulumi().show("preview", "--expect-no-changes", "--suppress-outputs"));
    const asked = auditLog<Asked>(`"${deployer}"`).filter(
      ({ requestReceivedTimestamp: at, user }) =>
        user.username === deployer && new Date(at) >= begun,
    );
    const discovery = ["/api", "/apis", "/openapi/v2", "/version"];
    const plugins = asked.filter(isPlugins).map(({ requestURI }) => requestURI.split("?")[0]);
    assert.deepEqual(plugins.sort(), discovery);
    const own = asked.filter((one) => !isPlugins(one));
    figure("Requests with which the program looks into the cluster", own.length);
    const other = own.filter(({ verb }) => !["get", "list"].includes(verb));
    // It asks for its rights, and for a token with which it reads Vault.
    assert.deepEqual(
      [...new Set(other.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`))].sort(),
      ["create selfsubjectaccessreviews", "create serviceaccounts"],
    );
  });
}
