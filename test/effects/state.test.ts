import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, it } from "mocha";
import { ownState } from "../../effects/state.ts";

/** What the engine answers, by the resources' types and names. */
async function state(resources: Record<string, object>) {
  const outputs = Object.fromEntries(
    Object.entries(resources).map(([key, values]) => [
      `urn:pulumi:prod::shlink-platform::${key}`,
      { type: key.split("::")[0], outputs: values },
    ]),
  );
  const call = ({ token }: pulumi.runtime.MockCallArgs) => {
    assert.equal(token, "pulumi:pulumi:readStackResourceOutputs");
    return { outputs };
  };
  const newResource = () => ({ id: "", state: {} });
  await pulumi.runtime.setMocks({ call, newResource }, "shlink-platform", "prod", false, "us");
  return ownState();
}

const metadata = (name: string, namespace?: string) => ({
  metadata: { name, ...(namespace !== undefined && { namespace }), uid: `uid of ${name}` },
});

describe("What the stack's own state says", () => {
  afterEach(() => pulumi.runtime.disconnect());

  it("is nothing at first", async () => {
    assert.deepEqual(await state({}), { namespaces: {}, made: new Set() });
  });

  it("is whose the cluster is, and what is there by its kind and place", async () => {
    const known = await state({
      "kubernetes:core/v1:Namespace::vault": metadata("vault"),
      "pulumi:providers:kubernetes::kubernetes": { clusterIdentifier: "the cluster" },
      "random:index/randomUuid:RandomUuid::claim": { result: "the claim" },
      "kubernetes:helm.sh/v3:Release::vault": { namespace: "vault", name: "vault" },
      "kubernetes:core/v1:Secret::shlink-secrets": metadata("shlink-secrets", "shlink"),
    });
    assert.deepEqual(known, {
      namespaces: { vault: "uid of vault" },
      cluster: "the cluster",
      identity: "the claim",
      made: new Set([
        "Namespace undefined/vault",
        "Release vault/vault",
        "Secret shlink/shlink-secrets",
      ]),
    });
  });

  it("is the Vault that was reached, with the stores in it, whichever the engine names first", async () => {
    const provider = {
      "pulumi:providers:vault::vault": { address: "https://v", namespace: "team" },
    };
    const store = { "vault:index/mount:Mount::secret": { path: "links", accessor: "kv_1" } };
    for (const resources of [
      { ...provider, ...store },
      { ...store, ...provider },
    ]) {
      const { vault, made } = await state(resources);
      assert.deepEqual(vault, {
        address: "https://v",
        namespace: "team",
        accessors: { links: "kv_1" },
      });
      assert.deepEqual(made, new Set(["Mount links"]));
    }
    const root = await state({ "pulumi:providers:vault::vault": { address: "https://v" } });
    assert.deepEqual(root.vault, { address: "https://v", accessors: {} });
  });
});
