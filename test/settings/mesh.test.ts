import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { merge } from "../../local/stack/stacks.ts";
import { stackSettings } from "../../plan/render.ts";
import { parseSettings } from "../../settings/index.ts";
import { existing } from "../support/existing.ts";

function parse(change: object) {
  const settings = merge(merge(stackSettings("prod"), existing("mesh")), change);
  // As in a stack file, where what is taken out is not there.
  return parseSettings("f", JSON.parse(JSON.stringify(settings)));
}

describe("A mesh that the cluster has already, in the stack file", () => {
  it("has usual places", () => {
    const { mesh } = parseSettings("f", {
      ...stackSettings("prod"),
      mesh: { mode: "existing" },
      observability: { mode: "none" },
    });
    assert.deepEqual(mesh, {
      mode: "existing",
      namespace: "istio-system",
      trustDomain: "cluster.local",
      gateway: {
        namespace: "istio-ingress",
        pods: { istio: "ingressgateway" },
        account: "istio-ingressgateway",
      },
      cni: true,
    });
  });

  for (const [what, change, message] of [
    ["sizes", { mesh: { istiod: { replicas: 2 } } }, /mesh: does not know istiod/],
    [
      "a gateway's Service",
      { mesh: { gateway: { service: {} } } },
      /mesh\.gateway: does not know service/,
    ],
    [
      "a revision with a dot",
      { mesh: { revision: "1.30" } },
      /mesh\.revision: must be a DNS label/,
    ],
    [
      "a trust domain with a slash",
      { mesh: { trustDomain: "a/b" } },
      /trustDomain: must be a domain/,
    ],
    ["a gateway of any labels", { mesh: { gateway: { pods: { gateway: undefined } } } }, /pods/],
    [
      "a certificate that is made",
      { routing: { tls: { mode: "internal", credentialName: undefined } } },
      /routing\.tls\.mode: must be secret or plaintext with mesh\.mode existing: it would have to be made in the gateway's/,
    ],
    [
      "an edge",
      { routing: { tls: { mode: "edge", credentialName: undefined, proxies: ["10.0.0.0/16"] } } },
      /routing\.tls\.mode: must be secret or plaintext/,
    ],
    [
      "networks of API clients",
      { routing: { apiClients: ["10.0.0.0/8"] } },
      /routing\.apiClients: must be left out/,
    ],
    [
      "networks of the page's visitors",
      { webClient: { mode: "page", host: "a.example.com", clients: ["10.0.0.0/8"] } },
      /webClient\.clients: must be left out/,
    ],
    [
      "a collector of traces",
      { observability: { tracing: { service: "otel" } } },
      /observability\.tracing: must be left out with mesh\.mode existing: the mesh's own configuration/,
    ],
    [
      "a Kiali of ours",
      {
        observability: {
          addons: {
            kiali: { mode: "chart" },
            prometheus: { mode: "address", address: "http://p.m.svc:9090" },
          },
        },
      },
      /observability\.addons\.kiali\.mode: must not be chart/,
    ],
  ] as [string, object, RegExp][])
    it(`is refused with ${what}`, () => {
      assert.throws(() => parse(change), message);
    });
});
