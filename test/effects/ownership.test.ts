import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, it } from "mocha";
import { ownershipLabel } from "../../platform/project.ts";
import { kubernetes } from "../../effects/cluster.ts";
import type { StackState } from "../../effects/state.ts";
import { adoptAnnotation, claimAnnotation, stackLabel } from "../../platform/marks.ts";
import { useApiServer } from "../support/api-server.ts";
import type { Demands } from "../../effects/verify.ts";
import { noDemands, refusalOf } from "../support/demands.ts";

const clusterUid = "6a0cbb43-5a0d-4d38-8a1b-51e13cd7e9c0";
const otherUid = "0d0e4b39-7a2c-4b1c-9e83-0f8b6f0e6a11";
const bySsa = [{ manager: "pulumi-kubernetes-0f7b7c60" }];
const byHand = [{ manager: "kubectl-client-side-apply" }];
const marked = (stack: string) => ({ ...ownershipLabel, [stackLabel]: stack });
const handedTo = (stack: string) => ({ [adoptAnnotation]: stack });

describe("Whose the namespaces of the cluster are", () => {
  const api = useApiServer();
  beforeEach(async () => {
    await run(false);
    cluster();
  });

  /** What `pulumi up` of stack dev (or its preview) tells the program. */
  const run = (preview: boolean, stack = "dev") =>
    pulumi.runtime.setMocks(
      { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
      "shlink-platform",
      stack,
      preview,
    );

  function cluster(...namespaces: { name: string; [field: string]: unknown }[]): void {
    const system = { name: "kube-system", uid: clusterUid };
    api.answers = {
      "GET /api/v1/namespaces": {
        kind: "NamespaceList",
        apiVersion: "v1",
        items: [system, ...namespaces].map((metadata) => ({ metadata })),
      },
    };
    for (const { name } of namespaces)
      api.answers[`PATCH /api/v1/namespaces/${name}`] = { kind: "Namespace", metadata: { name } };
  }

  const demands: Demands = { ...noDemands, namespaces: ["vault", "postgres", "platform"] };
  const verify = (state: StackState) => kubernetes(() => Promise.resolve(state)).verify(demands);

  async function refusal(state: StackState): Promise<string> {
    const sentence = await refusalOf(verify(state));
    assert.ok(api.calls.every(({ method }) => method !== "PATCH"));
    return sentence;
  }

  const empty: StackState = { namespaces: {} };

  it("accepts a cluster without them, with others, and with those of the stack's own state", async () => {
    assert.deepEqual(await verify(empty), { clusterIdentifier: clusterUid });
    cluster(
      { name: "vault", uid: "v", labels: marked("dev"), managedFields: bySsa },
      { name: "else" },
    );
    const state = { namespaces: { vault: "v" }, cluster: clusterUid };
    assert.deepEqual(await verify(state), { clusterIdentifier: clusterUid });
  });

  describe("An administrator's, made for the program", () => {
    it("are ours while no Pulumi program has touched them", async () => {
      cluster({ name: "vault", uid: "v", labels: ownershipLabel, managedFields: byHand });
      await verify(empty);
    });

    it("may be there in part, beside those that a first up has made", async () => {
      cluster(
        { name: "vault", uid: "v", labels: marked("dev"), managedFields: [...byHand, ...bySsa] },
        { name: "postgres", uid: "p", labels: ownershipLabel, managedFields: byHand },
      );
      await verify({ namespaces: { vault: "v" }, cluster: clusterUid });
    });
  });

  describe("Another stack's", () => {
    it("are refused with that stack's name, the context, and what to do", async () => {
      cluster(
        { name: "vault", uid: "v", labels: marked("prod"), managedFields: bySsa },
        { name: "postgres", uid: "p", labels: marked("prod"), managedFields: bySsa },
      );
      assert.equal(
        await refusal(empty),
        "Namespaces vault postgres in context here are marked as stack prod's (label shlink-platform/stack), not stack " +
          "dev's: use another cluster, or end stack prod by its own pulumi destroy.",
      );
    });

    it("stay refused when a refresh has written them into this stack's state, or an annotation names it", async () => {
      cluster({ name: "vault", uid: "v", labels: marked("prod"), annotations: handedTo("dev") });
      assert.match(
        await refusal({ namespaces: { vault: "v" }, cluster: clusterUid }),
        /stack prod's/,
      );
    });

    it("are refused when a version that wrote no mark has made them", async () => {
      cluster({ name: "vault", uid: "v", labels: ownershipLabel, managedFields: bySsa });
      assert.match(
        await refusal(empty),
        /^Namespace vault in context here is of a stack of this program that wrote no mark, and stack dev's state does not know it: .*\(kubectl annotate namespace vault shlink-platform\/adopt=dev; see docs\/state\.md\)\.$/,
      );
    });
  });

  describe("Those of a stack of the same name", () => {
    it("are refused when the state knows nothing: it is lost, or lies in another backend", async () => {
      cluster({ name: "vault", uid: "v", labels: marked("dev"), managedFields: bySsa });
      assert.match(
        await refusal(empty),
        /^Namespace vault in context here is marked as stack dev's, but the state does not know it: the state is lost or belongs to another stack of that name; restore the state, .*shlink-platform\/adopt=dev/,
      );
    });

    it("are taken over when people hand them over, once and never in a preview", async () => {
      const handed = { labels: marked("dev"), annotations: handedTo("dev"), managedFields: bySsa };
      cluster({ name: "vault", uid: "v", ...handed }, { name: "postgres", uid: "p", ...handed });
      for (const path of ["secrets", "configmaps", "jobs"])
        for (const name of ["vault", "postgres"]) {
          const group = path === "jobs" ? "/apis/batch/v1" : "/api/v1";
          api.answers[`GET ${group}/namespaces/${name}/${path}`] = { items: [] };
        }
      api.answers["POST /api/v1/namespaces"] = {};
      const begin = async () => {
        const cluster = kubernetes(() => Promise.resolve(empty));
        await cluster.verify(demands);
        await cluster.begin(demands, pulumi.output("id"));
      };
      await run(true);
      await begin();
      assert.ok(api.calls.every(({ method }) => method !== "PATCH"));
      await run(false);
      await begin();
      const patches = api.calls.filter(({ method }) => method === "PATCH");
      assert.deepEqual(patches.map(({ path }) => path).sort(), [
        "/api/v1/namespaces/postgres",
        "/api/v1/namespaces/vault",
      ]);
      for (const { body } of patches)
        assert.deepEqual(JSON.parse(body), {
          metadata: {
            labels: { [stackLabel]: "dev" },
            annotations: { [adoptAnnotation]: null },
          },
        });
    });

    it("are refused to every state but the one that has claimed the cluster", async () => {
      const has = { name: "platform", uid: "h", annotations: { [claimAnnotation]: "one" } };
      const home = { ...has, labels: marked("dev"), managedFields: bySsa };
      const vault = { name: "vault", uid: "v", labels: marked("dev"), managedFields: bySsa };
      cluster(home, vault);
      // What was interrupted before it could write anything down knows the claim.
      await verify({ namespaces: {}, identity: "one" });
      const refused = { namespaces: {}, cluster: clusterUid, identity: "two" };
      assert.match(await refusal(refused), /marked as stack dev's, but the state does not know it/);
      const former = { namespaces: { vault: "v", platform: "h" }, cluster: clusterUid };
      assert.match(
        await refusal({ ...former, identity: "two" }),
        /^Namespaces platform vault in context here are of another state of stack dev since \(annotation shlink-platform\/claim /,
      );
      await verify({ ...former, identity: "one" });
    });

    it("are not taken over by a stack that the annotation does not name", async () => {
      cluster({ name: "vault", uid: "v", labels: marked("dev"), annotations: handedTo("prod") });
      assert.match(await refusal(empty), /the state does not know it/);
    });

    it("are this stack's when its first up ended before it could write them down", async () => {
      cluster({ name: "vault", uid: "v", labels: marked("dev"), managedFields: bySsa });
      await verify({ namespaces: {}, cluster: clusterUid });
    });
  });

  describe("Somebody else's of the same name", () => {
    it("are refused, with the way to hand them over", async () => {
      for (const labels of [undefined, { "app.kubernetes.io/part-of": "another" }]) {
        cluster({ name: "vault", uid: "v", ...(labels && { labels }) });
        assert.equal(
          await refusal(empty),
          "Namespace vault in context here is not this program's: remove it, use another cluster, or hand it over " +
            "(kubectl annotate namespace vault shlink-platform/adopt=dev).",
        );
      }
    });
  });

  describe("One that is being deleted", () => {
    it("is waited for by people, even when it is the stack's own", async () => {
      cluster({
        name: "vault",
        uid: "v",
        labels: marked("dev"),
        deletionTimestamp: "2026-01-01T00:00:00Z",
      });
      for (const state of [empty, { namespaces: { vault: "v" }, cluster: clusterUid }])
        assert.match(
          await refusal(state),
          /^Namespace vault in context here is being deleted: wait/,
        );
    });
  });

  describe("One of the stack's own that was made again by hand", () => {
    const state = { namespaces: { vault: "old", postgres: "p" }, cluster: clusterUid };

    it("is refused, because the state counts on what was in it", async () => {
      for (const labels of [ownershipLabel, marked("dev"), {}]) {
        cluster(
          { name: "vault", uid: "new", labels },
          { name: "postgres", uid: "p", labels: marked("dev") },
        );
        assert.match(
          await refusal(state),
          /^Namespace vault in context here is not what stack dev made, but was made again since, .*adopt=dev\), then run pulumi refresh --run-program/,
        );
      }
    });

    it("may be missing: a refresh finds out", async () => {
      cluster({ name: "postgres", uid: "p", labels: marked("dev") });
      await verify(state);
      cluster();
      await verify(state);
    });

    it("is accepted when it is handed over", async () => {
      cluster({ name: "vault", uid: "new", annotations: handedTo("dev") });
      await verify(state);
    });
  });

  describe("The cluster", () => {
    it("is known by the UID of kube-system, and a state of another is refused", async () => {
      cluster({ name: "vault", uid: "v", labels: marked("dev") });
      assert.match(
        await refusal({ namespaces: { vault: "w" }, cluster: otherUid }),
        new RegExp(
          `^The state of stack dev belongs to another cluster .*${otherUid}.* than context here \\(${clusterUid}\\)`,
        ),
      );
    });

    it("keeps the identity that an older version gave it, under whatever context", async () => {
      cluster({ name: "vault", uid: "v", labels: ownershipLabel, managedFields: bySsa });
      assert.deepEqual(await verify({ namespaces: { vault: "v" }, cluster: "old-context" }), {
        clusterIdentifier: "old-context",
      });
    });

    it("is another when none of an older state's namespaces is there", async () => {
      const state = { namespaces: { vault: "gone" }, cluster: "here" };
      assert.match(
        await refusal(state),
        /^None of the namespaces in the state of stack dev is in the cluster of context here/,
      );
      cluster({ name: "vault", uid: "v", labels: ownershipLabel, managedFields: bySsa });
      assert.match(await refusal(state), /^None of the namespaces in the state/);
    });

    it("takes an older state whose first up failed before its first namespace", async () => {
      assert.deepEqual(await verify({ namespaces: {}, cluster: "here" }), {
        clusterIdentifier: "here",
      });
    });
  });
});
