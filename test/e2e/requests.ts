import assert from "node:assert/strict";
import { it } from "mocha";
import type { Pulumi } from "../../local/stack/pulumi.ts";
import { auditLog } from "./platform.ts";

/** What the API server's audit log says of one request. */
interface Asked {
  verb: string;
  requestURI: string;
  user: { username: string };
  userAgent?: string;
  /** Absent: the request is for no object, such as those of discovery. */
  objectRef?: { resource: string; name?: string; namespace?: string };
  requestReceivedTimestamp: string;
}

/** The user of the kubeconfig with which stack dev is deployed. */
const deployer = "kubernetes-admin";

/** Tests for running stack dev: what a preview without a change asks the API server, to the last request. */
export function asksLittle(pulumi: () => Pulumi): void {
  let asked: Asked[] = [];
  const of = (agent: RegExp) => asked.filter(({ userAgent = "" }) => agent.test(userAgent));

  it("asks for no unchanged object in a preview, but how the API looks", async () => {
    const begun = new Date();
    assert.ok(await pulumi().show("preview", "--expect-no-changes", "--suppress-outputs"));
    asked = auditLog<Asked>(`"${deployer}"`).filter(
      ({ requestReceivedTimestamp: at, user }) =>
        user.username === deployer && new Date(at) >= begun,
    );
    const plugin = of(/^pulumi-kubernetes/);
    assert.ok(plugin.length > 0);
    assert.deepEqual(
      plugin.filter(({ objectRef }) => objectRef !== undefined),
      [],
    );
  });

  it("looks into the cluster first with as many requests as ever, and writes nothing", () => {
    const count = new Map<string, number>();
    const program = asked.filter(
      ({ userAgent = "" }) => !userAgent.startsWith("pulumi-kubernetes"),
    );
    for (const { verb, objectRef } of program) {
      const what = `${verb} ${objectRef?.resource ?? "nothing"}`;
      count.set(what, (count.get(what) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries([...count].sort()), {});
  });
}
