import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, it } from "mocha";
import { parse } from "yaml";
import { applyAsAdministrator } from "../../local/cluster/index.ts";
import type { KubeObject } from "../../local/lib/kube.ts";
import { moduleFiles } from "../../local/toolchain/index.ts";
import { synth } from "../support/synth.ts";
import { ask, until } from "./platform.ts";

const group = "/apis/cilium.io/v2";
const plural = "ciliumnetworkpolicies";
const file = `pkg/k8s/apis/cilium.io/client/crds/v2/${plural}.yaml`;

/** Tests for the running platform: Cilium's own definition judges the policies that no network plugin here would take. */
export function ciliumPoliciesInTheApiServer(): void {
  let policies: KubeObject[] = [];
  before(async () => {
    const text = await readFile(join(await moduleFiles("cilium"), file), "utf8");
    await applyAsAdministrator([parse(text) as KubeObject]);
    await until(
      "the definition",
      60,
      async () => (await ask("GET", `${group}/${plural}`)).status === 200,
    );
    const entity = { entity: "kube-apiserver" };
    const dns = { peers: [{ entity: "host" }] };
    const cluster = { networkPolicies: "cilium", apiServer: [entity], dns };
    const made = (await synth("prod", { cluster })).of("CiliumNetworkPolicy");
    policies = made.map(({ inputs }) => inputs as unknown as KubeObject);
  });
  after(async () => {
    await ask(
      "DELETE",
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.cilium.io`,
    );
  });

  it("are as Cilium's definition wants them", async () => {
    assert.ok(policies.length > 20);
    for (const policy of policies)
      assert.equal(await judged(policy), "taken", policy.metadata.name);
  });

  it("would be refused with an entity that Cilium does not know", async () => {
    const text = JSON.stringify(policies[0]).replaceAll('"host"', '"nobody"');
    assert.match(await judged(JSON.parse(text) as KubeObject), /nobody/);
  });
}

/** What the API server would say; nothing is made. */
async function judged(policy: KubeObject): Promise<string> {
  const path = `${group}/namespaces/${policy.metadata["namespace"] as string}/${plural}`;
  const headers = { "content-type": "application/json" };
  const query = "dryRun=All&fieldValidation=Strict";
  const { status, body } = await ask("POST", `${path}?${query}`, {
    headers,
    body: JSON.stringify(policy),
  });
  return status === 201 ? "taken" : body;
}
