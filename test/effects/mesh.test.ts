import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { openApi } from "../../effects/api.ts";
import { readKubeconfig } from "../../effects/kubeconfig.ts";
import { type DemandedMesh, meshCautions, meshObstacle, surveyMesh } from "../../effects/mesh.ts";
import { refusalOf } from "../support/demands.ts";
import { useApiServer } from "../support/api-server.ts";

const demanded: DemandedMesh = {
  namespace: "mesh",
  trustDomain: "corp.example",
  gateway: { namespace: "gw", pods: { gateway: "public" }, account: "public" },
  cni: true,
  trustedProxies: 1,
};
const injectors = "GET /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
const istiods = "GET /api/v1/namespaces/mesh/pods";
const gateways = "GET /api/v1/namespaces/gw/pods";
const services = "GET /api/v1/namespaces/gw/services";
const policies = "GET /apis/security.istio.io/v1/namespaces/mesh/peerauthentications";
const config = (name = "istio") => `GET /api/v1/namespaces/mesh/configmaps/${name}`;
const injection = (name = "istio-sidecar-injector") => config(name);

const ready = { conditions: [{ type: "Ready", status: "True" }] };
const gatewayPod = (account = "public", annotations = {}) => ({
  metadata: { name: "gw-1", annotations },
  spec: { serviceAccountName: account },
  status: ready,
});
const injector = (labels: object) => ({ metadata: { name: "injector", labels } });
const service = (policy: string, selector = { gateway: "public" }) => ({
  metadata: { name: "public" },
  spec: { externalTrafficPolicy: policy, selector },
});
const meshText = (more = "") =>
  `trustDomain: corp.example\npathNormalization: { normalization: DECODE_AND_MERGE_SLASHES }\n${more}`;
const counting = "defaultConfig: { gatewayTopology: { numTrustedProxies: 1 } }\n";
const strict = { spec: { mtls: { mode: "STRICT" } } };

describe("A mesh that the cluster has already", () => {
  const api = useApiServer();
  beforeEach(() => {
    api.answers = {
      [injectors]: { items: [injector({ "istio.io/rev": "default" }), injector({ app: "other" })] },
      [istiods]: { items: [{ metadata: { name: "istiod" }, status: ready }] },
      [gateways]: { items: [gatewayPod()] },
      [services]: { items: [service("Local"), service("Cluster", { gateway: "private" })] },
      [policies]: { items: [strict] },
      [config()]: { data: { mesh: meshText(counting) } },
      [injection()]: { data: { values: '{"pilot":{"cni":{"enabled":true}}}' } },
    };
  });
  const look = async (change: Partial<DemandedMesh> = {}) => {
    const ask = await openApi(await readKubeconfig());
    const seen = await surveyMesh(ask, { ...demanded, ...change });
    return { obstacle: meshObstacle(seen, "here"), cautions: meshCautions(seen) };
  };

  it("suits Shlink, and is only looked at", async () => {
    assert.deepEqual(await look(), { obstacle: undefined, cautions: [] });
    assert.ok(api.calls.length >= 7);
    for (const { method } of api.calls) assert.equal(method, "GET");
    const own = await surveyMesh(await openApi(await readKubeconfig()), undefined);
    assert.deepEqual([meshObstacle(own, "here"), meshCautions(own)], [undefined, []]);
  });

  for (const [what, broken] of [
    ["ConfigMap mesh/istio", { [config()]: { data: { mesh: "a: [" } } }],
    ["ConfigMap mesh/istio-sidecar-injector", { [injection()]: { data: { values: '{"pilot":' } } }],
    [
      "Annotation proxy.istio.io/config of pod gw/gw-1",
      { [gateways]: { items: [gatewayPod("public", { "proxy.istio.io/config": "a: {" })] } },
    ],
  ] as [string, Record<string, object>][])
    it(`cannot be judged where nobody can read it: ${what}`, async () => {
      Object.assign(api.answers, broken);
      const sentence = await refusalOf(look());
      assert.ok(sentence.startsWith(`${what} is no valid YAML: `), sentence);
      assert.match(sentence, /: correct it, for istiod cannot read it either\.$/);
    });

  it("may be hidden from the account: then it is said what is not known", async () => {
    api.answers = {};
    api.otherwise = 403;
    const { obstacle, cautions } = await look();
    assert.equal(obstacle, undefined);
    assert.deepEqual(cautions, [
      "The account may not read the mesh's configuration in namespace mesh: whether it normalises paths and counts the " +
        "proxies in front of its gateway as Shlink expects is not known.",
    ]);
  });

  for (const [what, answers, change, sentence] of [
    [
      "no istiod",
      { [istiods]: { items: [] } },
      {},
      "No pod of istiod is ready in namespace mesh of context here (setting mesh.namespace): correct the setting, or start it.",
    ],
    [
      "another revision",
      { [injectors]: { items: [injector({ "istio.io/rev": "1-30", "istio.io/tag": "stable" })] } },
      { revision: "old" },
      "No webhook of context here puts sidecars of revision old into pods (setting mesh.revision): there are stable.",
    ],
    [
      "no default revision",
      { [injectors]: { items: [injector({ "istio.io/rev": "1-30" })] } },
      {},
      "No webhook of context here puts sidecars of the default revision into pods (setting mesh.revision): there are 1-30.",
    ],
    [
      "no gateway",
      { [gateways]: { items: [] } },
      {},
      "No pod of a gateway is ready in namespace gw of context here with the labels gateway=public (settings " +
        "mesh.gateway.namespace and mesh.gateway.pods): correct the settings, or start it.",
    ],
    [
      "another account",
      { [gateways]: { items: [gatewayPod("other")] } },
      {},
      "Pod gw-1 of the gateway of context here runs as account other, not public (setting mesh.gateway.account): Shlink " +
        "would refuse its calls.",
    ],
    [
      "another trust domain",
      {},
      { trustDomain: "cluster.local" },
      "The mesh of context here has trust domain corp.example, not cluster.local (setting mesh.trustDomain): Shlink would " +
        "refuse its gateway's calls.",
    ],
    [
      "no node agent",
      { [injection()]: { data: { values: '{"istio_cni":{"enabled":false}}' } } },
      {},
      "The mesh of context here redirects traffic by init containers, which Pod Security restricted refuses: set mesh.cni to " +
        "false, or install Istio's node agent.",
    ],
  ] as [string, Record<string, unknown>, Partial<DemandedMesh>, string][])
    it(`stops the stack: ${what}`, async () => {
      Object.assign(api.answers, answers);
      assert.equal((await look(change)).obstacle, sentence);
    });

  for (const [what, answers, change, sentence] of [
    [
      "paths that are compared as they come",
      { [config()]: { data: { mesh: `trustDomain: corp.example\n${counting}` } } },
      {},
      /^The mesh normalises paths by DEFAULT, not DECODE_AND_MERGE_SLASHES: its policies judge another path/,
    ],
    [
      "a gateway that trusts nobody in front of it",
      { [config()]: { data: { mesh: meshText() } } },
      {},
      /^The gateway trusts 0 proxies in front of it, routing\.trustedProxies says 1: visits are counted under a proxy's/,
    ],
    [
      "a gateway that has its own count",
      {
        [gateways]: {
          items: [
            gatewayPod("public", {
              "proxy.istio.io/config": '{"gatewayTopology":{"numTrustedProxies":3}}',
            }),
          ],
        },
      },
      {},
      /^The gateway trusts 3 proxies/,
    ],
    [
      "a Service that hides addresses",
      { [services]: { items: [service("Cluster")] } },
      {},
      /^Service gw\/public has externalTrafficPolicy Cluster: visits are counted under the addresses of nodes\.$/,
    ],
    [
      "no STRICT for all",
      { [policies]: { items: [{ spec: { ...strict.spec, selector: {} } }] } },
      {},
      /^No PeerAuthentication in namespace mesh demands STRICT of the whole mesh/,
    ],
    [
      "an agent that the settings leave out",
      {},
      { cni: false },
      /^The mesh has a node agent, but mesh\.cni is false/,
    ],
  ] as [string, Record<string, unknown>, Partial<DemandedMesh>, RegExp][])
    it(`is warned of: ${what}`, async () => {
      Object.assign(api.answers, answers);
      const { obstacle, cautions } = await look(change);
      assert.equal(obstacle, undefined);
      assert.equal(cautions.length, 1);
      assert.match(cautions[0] ?? "", sentence);
    });

  it("is configured by what its tag leads to", async () => {
    api.answers[injectors] = {
      items: [
        injector({ "istio.io/rev": "1-30", "istio.io/tag": "stable" }),
        injector({ "istio.io/rev": "1-30" }),
      ],
    };
    api.answers[config("istio-1-30")] = { data: { mesh: meshText(counting) } };
    api.answers[injection("istio-sidecar-injector-1-30")] = api.answers[injection()];
    delete api.answers[config()];
    delete api.answers[injection()];
    for (const revision of ["stable", "1-30"])
      assert.deepEqual(await look({ revision }), { obstacle: undefined, cautions: [] }, revision);
  });
});
