import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { askedIn, isWrite } from "../../bench/requests.ts";

describe("The audit log", () => {
  const begun = new Date("2026-01-01T10:00:00Z");
  const line = (more: object) => ({
    verb: "patch",
    requestURI: "/apis/apps/v1/namespaces/a/deployments/b?fieldManager=pulumi",
    user: { username: "kubernetes-admin" },
    objectRef: { resource: "deployments", namespace: "a", name: "b" },
    requestReceivedTimestamp: "2026-01-01T10:00:01.5Z",
    ...more,
  });

  it("is read for one user since one moment", () => {
    const lines = [
      line({}),
      line({ user: { username: "system:node" }, userAgent: "kubernetes-admin" }),
      line({ requestReceivedTimestamp: "2026-01-01T09:59:59.9Z" }),
    ];
    const log = lines.map((one) => `${JSON.stringify(one)}\n`).join("");
    assert.deepEqual(askedIn(log, begun), lines.slice(0, 1));
  });

  it("counts as writes what changes an object, and neither reads nor questions nor trials", () => {
    const of = (more: object) => isWrite(line(more));
    for (const verb of ["create", "patch", "update", "delete"]) assert.ok(of({ verb }), verb);
    for (const verb of ["get", "list", "watch"]) assert.ok(!of({ verb }), verb);
    assert.ok(!of({ objectRef: undefined }));
    assert.ok(!of({ objectRef: { resource: "selfsubjectaccessreviews" } }));
    assert.ok(!of({ objectRef: { resource: "serviceaccounts", subresource: "token" } }));
    assert.ok(!of({ requestURI: "/apis/apps/v1/namespaces/a/deployments?dryRun=All" }));
  });
});
