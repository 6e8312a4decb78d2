import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { useApiServer } from "../../support/api-server.ts";
import { healthyFacts, object } from "../support/healthy.ts";
import { look } from "../support/look.ts";
import { served } from "../support/served.ts";

const path = "/api/v1/namespaces/istio-system/configmaps/istio";
const mesh = `
extensionProviders:
  - name: oauth
    envoyExtAuthzHttp: { service: oauth.login.svc.cluster.local, port: 4180 }
  - name: tracing
    opentelemetry: { service: collector.addons.svc.cluster.local, port: 4317 }
`;

describe("The look at the mesh's external authorizers", () => {
  const api = useApiServer();
  let facts: ReturnType<typeof healthyFacts>;
  beforeEach(() => {
    facts = healthyFacts();
  });

  /** What is found where a policy has redirects judged by this provider, and the mesh has these. */
  async function found(provider: string, config: string | undefined = mesh) {
    const spec = { action: "CUSTOM", provider: { name: provider }, rules: [{}] };
    facts.authorizationPolicies.push(object("shlink", "theirs", spec));
    api.answers = { ...served(facts), [`GET ${path}`]: { data: { mesh: config } } };
    const { found, undecided } = await look();
    const open = undecided.find(({ id }) => id === "redirects-forbidden")?.why;
    return [found.map(({ id }) => id), open];
  }

  it("asks for nothing where no policy names one", async () => {
    api.answers = served(facts);
    const { snapshot } = await look();
    assert.deepEqual(snapshot.authorizers, { known: true, value: [] });
    assert.ok(!api.calls.some((call) => call.path === path));
  });

  it("is content with one that the mesh has", async () => {
    assert.deepEqual(await found("oauth"), [[], undefined]);
  });

  it("names one that the mesh does not have, or that only gets traces", async () => {
    assert.deepEqual(await found("other"), [["redirects-forbidden"], undefined]);
    facts = healthyFacts();
    assert.deepEqual(await found("tracing"), [["redirects-forbidden"], undefined]);
    facts = healthyFacts();
    assert.deepEqual(await found("oauth", ""), [["redirects-forbidden"], undefined]);
  });

  it("takes empty places of the configuration for none", async () => {
    for (const config of ["extensionProviders:", "extensionProviders: [null]", "# nothing"]) {
      facts = healthyFacts();
      assert.deepEqual(await found("oauth", config), [["redirects-forbidden"], undefined], config);
    }
  });

  it("is open where istiod takes more than this from elsewhere", async () => {
    const env = [{ name: "SHARED_MESH_CONFIG", value: "more" }];
    const template = { spec: { containers: [{ name: "discovery", env }] } };
    facts.deployments.push(object("istio-system", "istiod", { template }));
    const why =
      "istiod takes its configuration from another ConfigMap as well (SHARED_MESH_CONFIG)";
    assert.deepEqual(await found("other"), [[], why]);
  });

  it("is open where it may not be had", async () => {
    const spec = { action: "CUSTOM", provider: { name: "other" }, rules: [{}] };
    facts.authorizationPolicies.push(object("shlink", "theirs", spec));
    Object.assign(api, { answers: served(facts), otherwise: 403 });
    const { undecided } = await look();
    assert.equal(
      undecided.find(({ id }) => id === "redirects-forbidden")?.why,
      "the kubeconfig's account may not get ConfigMap istio-system/istio",
    );
  });
});
