import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { useApiServer } from "../../support/api-server.ts";
import { healthyFacts, object } from "../support/healthy.ts";
import { look } from "../support/look.ts";
import { served } from "../support/served.ts";

const path = "/apis/networking.istio.io/v1/gateways";

describe("The look at the Gateways of others", () => {
  const api = useApiServer();
  let facts: ReturnType<typeof healthyFacts>;
  beforeEach(() => {
    facts = healthyFacts();
  });

  const secure = () => {
    facts.gateways[0]!.spec!.servers![0]!.tls = { mode: "SIMPLE", credentialName: "shlink-tls" };
    api.answers = served(facts);
  };

  it("is not taken where the stack has no TLS, by which alone one can take a host from it", async () => {
    api.answers = served(facts);
    const { snapshot } = await look();
    assert.deepEqual(snapshot.otherGateways, { known: true, value: [] });
    assert.ok(!api.calls.some((call) => call.path === path));
  });

  it("leaves out the stack's own", async () => {
    secure();
    const theirs = object("team", "theirs", {});
    api.answers[`GET ${path}`] = { items: [...facts.gateways, theirs] };
    const { snapshot } = await look();
    assert.deepEqual(snapshot.otherGateways, { known: true, value: [theirs] });
  });

  it("leaves the finding open where the account may not, which judges the stack's own all the same", async () => {
    facts.gateways[0]!.spec!.servers![0]!.hosts = ["other.example"];
    secure();
    api.otherwise = 403;
    const { found, undecided } = await look();
    assert.ok(found.some(({ id }) => id === "gateway-host-wrong"));
    assert.equal(
      undecided.find(({ id }) => id === "gateway-host-wrong")?.why,
      "the kubeconfig's account may not list gateways of all namespaces",
    );
  });
});
