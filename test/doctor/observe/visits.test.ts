import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { merge } from "../../../local/stack/stacks.ts";
import { stackSettings } from "../../../plan/render.ts";
import { parseSettings } from "../../../settings/index.ts";
import { useApiServer } from "../../support/api-server.ts";
import { existing } from "../../support/existing.ts";
import { healthyFacts, object } from "../support/healthy.ts";
import { healthyAnswers, look } from "../support/look.ts";
import { served } from "../support/served.ts";

describe("The doctor's visit", () => {
  const api = useApiServer();
  beforeEach(() => {
    api.answers = served(healthyFacts());
  });

  it("asks the gateway for the hosts of links, and not for the page's", async () => {
    const { snapshot } = await look();
    assert.ok(snapshot.visits.known);
    assert.deepEqual([...new Set(snapshot.visits.value.map(({ host }) => host))], ["shlink.local"]);
  });

  it("visits by a gateway that somebody else runs, where the stack file says it is", async () => {
    const { mesh } = existing("mesh") as { mesh: object };
    const dev = merge(stackSettings("dev"), { mesh, webClient: { clients: undefined } });
    const wanted = parseSettings("f", JSON.parse(JSON.stringify(dev)));
    const pod = {
      metadata: { name: "public-0" },
      status: { conditions: [{ type: "Ready", status: "True" }] },
    };
    const base = "GET /api/v1/namespaces/gw/pods";
    const proxy = `${base}/http:public-0:80/proxy`;
    const own = `GET /api/v1/namespaces/istio-ingress/pods/http:gateway-0:80/proxy`;
    api.answers[`${base}?labelSelector=gateway%3Dpublic`] = { items: [pod] };
    for (const path of ["/robots.txt", "/rest/health"]) {
      api.answers[`${proxy}${path}`] = api.answers[`${own}${path}`];
      delete api.answers[`${own}${path}`];
    }
    const { snapshot } = await look(healthyAnswers, wanted);
    assert.ok(snapshot.visits.known);
    assert.ok(snapshot.visits.value.length > 0);
    for (const { status } of snapshot.visits.value) assert.equal(status, 200);
  });

  it("visits below the path that Shlink has", async () => {
    const facts = healthyFacts();
    const [container] = facts.deployments[0]!.spec!.template.spec.containers;
    container!.env!.push({ name: "BASE_PATH", value: "/go" });
    api.answers = served(facts);
    const { snapshot } = await look();
    assert.ok(snapshot.visits.known);
    assert.deepEqual(
      snapshot.visits.value.map(({ path }) => path),
      ["/go/robots.txt", "/go/rest/health"],
    );
  });

  it("does not visit a gateway that answers only the proxies in front of it", async () => {
    const behindEdge = healthyFacts();
    const rules = [{ from: [{ source: { notIpBlocks: ["10.0.0.0/8"] } }] }];
    behindEdge.authorizationPolicies.push(
      object("istio-ingress", "shlink-edge", { action: "DENY", rules }),
    );
    const behindBalancer = healthyFacts();
    const topology = JSON.stringify({ gatewayTopology: { proxyProtocol: {} } });
    behindBalancer.pods.find(
      ({ metadata }) => metadata.name === "gateway-0",
    )!.metadata.annotations = { "proxy.istio.io/config": topology };
    for (const facts of [behindEdge, behindBalancer]) {
      api.answers = served(facts);
      const { found, undecided } = await look();
      assert.deepEqual(found, []);
      const open = undecided.find(({ id }) => id === "redirect-fails");
      assert.match(open?.why ?? "", /answers only the proxies in front/);
    }
  });
});
