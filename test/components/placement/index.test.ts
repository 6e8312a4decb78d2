import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { charts as addonCharts } from "../observability/addons/charts.ts";
import { parseImage } from "../../../components/placement/images.ts";
import { addonRegistries, type ImageName } from "../../../platform/chart-images.ts";
import { synth, type Synthesis } from "../../support/synth.ts";
import { type Pod, podsOf } from "./support/pods.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const mirrors = [
  "docker.io",
  "quay.io",
  "registry.k8s.io",
  "registry.istio.io",
  "oci.external-secrets.io",
  "registry.developers.crunchydata.com",
];
const own: Partial<Record<ImageName, string>> = {
  postgres: `own.example.com/crunchy/postgres@${digest}`,
  pgbackrest: `own.example.com/crunchy/pgbackrest:2.59@${digest}`,
  pgbouncer: `own.example.com/crunchy/pgbouncer@${digest}`,
  postgresExporter: `own.example.com/crunchy/exporter@${digest}`,
  redis7: `own.example.com/redis@${digest}`,
  redis8: `own.example.com/redis@${digest}`,
  vault: `own.example.com:5000/team/vault@${digest}`,
  istioProxy: `own.example.com/istio/proxyv2@${digest}`,
  prometheus: `own.example.com/prometheus@${digest}`,
};
const pods = {
  registries: Object.fromEntries(mirrors.map((host) => [host, `mirror.example.com/${host}`])),
  pullSecrets: ["mirror.login", "own-login"],
  images: own,
  nodeSelector: { "example.com/pool": "shlink" },
  tolerations: [{ key: "dedicated", operator: "Equal", value: "shlink", effect: "NoSchedule" }],
  priorityClass: "shlink.high",
  labels: { "example.com/team": "web" },
  annotations: { "example.com/owner": "web team" },
};

/** Every kind of pod that there is: each part that a stack can have, with a backup that is being restored. */
const everything = {
  pods,
  database: {
    pgBouncer: { mode: "session", replicas: 2 },
    restore: { mode: "inPlace", id: "one" },
  },
  observability: { addons: addonCharts, tracing: undefined, prober: undefined },
};

/** Names of charts that no module registry has; their values are looked at below. */
const notHere = ["prometheus", "grafana", "jaeger", "kiali"];

describe("What the settings say of pods", function () {
  this.timeout(600_000);
  let stack: Synthesis;
  let all: Pod[] = [];
  before(async () => {
    stack = await synth("prod", everything);
    all = await podsOf(stack, notHere);
  });
  /** Each pod with what it lacks, so that a failure names all of them. */
  const lacking = (test: (pod: Pod) => boolean) =>
    all.filter((pod) => !test(pod)).map(({ name }) => name);

  it("is looked for in the pods of the program, of eight charts and of both operators", () => {
    assert.deepEqual(all.map(({ name }) => name).sort(), [
      "external-secrets/external-secrets",
      "external-secrets/external-secrets-cert-controller",
      "external-secrets/external-secrets-webhook",
      "istio-cni/istio-cni-node",
      "istio-ingress/istio-ingressgateway",
      "istio-system/istiod",
      "platform/janitor",
      "postgres-operator/pgo",
      "postgres/backup jobs",
      "postgres/instances",
      "postgres/pgbouncer",
      "postgres/repository host",
      "postgres/restore jobs",
      "redis-operator/redis-operator",
      "redis/redis",
      "redis/redis-ready",
      "redis/sentinel",
      "shlink/shlink",
      "shlink/shlink-migration",
      "vault/vault",
      "vault/vault-bootstrap",
      "vault/vault-snapshot",
      "vault/vault-unsealer",
    ]);
  });

  it("is on the nodes of the selector for each", () => {
    assert.deepEqual(
      lacking(({ nodes }) => nodes["example.com/pool"] === "shlink"),
      [],
    );
  });

  it("is a toleration for each; the node agent bears every taint anyway", () => {
    const bears = ({ tolerations }: Pod) =>
      tolerations.some(
        (one) => one.key === "dedicated" || (one.operator === "Exists" && one.key === undefined),
      );
    assert.deepEqual(lacking(bears), []);
  });

  it("is a priority for each but the node agent, whose own is higher", () => {
    assert.deepEqual(
      all.flatMap(({ name, priority }) => (priority === "shlink.high" ? [] : [[name, priority]])),
      [
        ["istio-cni/istio-cni-node", "system-node-critical"],
        // The chart that is packed here is 3.2.6; that of 3.2.9 knows this value.
        ["redis-operator/redis-operator", undefined],
      ],
    );
    const operator = "kubernetes:helm.sh/v3:Release::redis-operator";
    assert.equal(stack.input(operator, "values", "priorityClassName"), "shlink.high");
  });

  it("is labels and annotations for each, beside those it has", () => {
    assert.deepEqual(
      lacking(({ labels }) => labels["example.com/team"] === "web"),
      [],
    );
    assert.deepEqual(
      lacking(({ annotations }) => annotations["example.com/owner"] === "web team"),
      [],
    );
    const shlink = all.find(({ name }) => name === "shlink/shlink");
    assert.equal(shlink?.labels["app"], "shlink");
    assert.ok(shlink.annotations["shlink-platform/secrets"] !== undefined);
  });

  it("is the pull secrets for each", () => {
    assert.deepEqual(
      lacking(({ pullSecrets }) => pods.pullSecrets.every((name) => pullSecrets.includes(name))),
      [],
    );
  });

  it("is a mirror or an image of one's own for every container", () => {
    const images = all.flatMap(({ name, images: found }) => found.map((image) => [name, image]));
    assert.ok(images.length >= 25, `${images.length} images`);
    // The webhook of istiod puts the proxy's image in.
    const strange = images.filter(
      ([, image]) => !/^(mirror|own)\.example\.com[/:]/.test(image ?? "") && image !== "auto",
    );
    assert.deepEqual(strange, []);
    for (const [, image = ""] of images.filter(([, one]) => one !== "auto"))
      assert.match(image, /^[a-z0-9.-]+(:\d+)?\/[\w./-]+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/);
  });

  it("keeps a mirrored image's path and tag, and gives a digest the tag that a chart wants", () => {
    const of = (name: string) => all.find((pod) => pod.name === name)?.images ?? [];
    assert.ok(of("shlink/shlink").includes("mirror.example.com/docker.io/shlinkio/shlink:4.6.0"));
    assert.ok(of("vault/vault").includes(`own.example.com:5000/team/vault:2.0.4@${digest}`));
    assert.ok(of("redis/redis").includes(`own.example.com/redis@${digest}`));
    assert.deepEqual(of("istio-system/istiod"), [
      "mirror.example.com/registry.istio.io/release/pilot:1.30.4",
    ]);
  });

  it("reaches the proxies that istiod puts into pods", () => {
    const { proxy, proxy_init, imagePullSecrets } = stack.input(
      "kubernetes:helm.sh/v3:Release::istiod",
      "values",
      "global",
    ) as Injected;
    const image = own.istioProxy?.replace("@", ":1.30.4@");
    assert.equal(proxy.image, image);
    assert.equal(proxy_init.image, image);
    assert.deepEqual(imagePullSecrets, pods.pullSecrets);
  });

  it("goes to the addons by the values that their charts have for it", () => {
    const values = (release: string) =>
      stack.input(`kubernetes:helm.sh/v3:Release::${release}`, "values") as Values;
    const text = (value: unknown) => JSON.stringify(value);
    const { prometheusOperator, prometheus, ...others } = values("prometheus");
    const stateMetrics = others["kube-state-metrics"] as Values;
    const spec = prometheus?.["prometheusSpec"] as Values;
    for (const part of [prometheusOperator, spec, stateMetrics, values("grafana")]) {
      assert.deepEqual(part?.["nodeSelector"], pods.nodeSelector);
      assert.deepEqual(part["tolerations"], pods.tolerations);
      assert.equal(part["priorityClassName"], "shlink.high");
    }
    assert.deepEqual(spec["image"], {
      registry: "own.example.com",
      repository: "prometheus",
      sha: digest.slice(7),
    });
    assert.match(text(others["global"]), /mirror\.login.*own-login/);
    assert.deepEqual((values("kiali")["deployment"] as Values)["node_selector"], pods.nodeSelector);
    assert.equal(
      (values("kiali")["deployment"] as Values)["image_name"],
      "mirror.example.com/quay.io/kiali/kiali",
    );
    assert.deepEqual((values("jaeger")["jaeger"] as Values)["nodeSelector"], pods.nodeSelector);
    for (const release of notHere) {
      assert.match(text(values(release)), /"example.com\/team":"web"/, release);
      assert.match(text(values(release)), /mirror\.example\.com\/|own\.example\.com/, release);
    }
    assert.equal(Object.keys(addonRegistries).length, 7);
  });

  it("gives the fork of the Redis operator the image that is set, in place of the tag that its chart needs", async () => {
    const image = `own.example.com/redis-operator@${digest}`;
    const fork = await synth("prod", {
      redis: { operator: "freshworks" },
      pods: { images: { redisOperator: image } },
    });
    const operator = "kubernetes:helm.sh/v3:Release::redis-operator";
    assert.deepEqual(fork.input(operator, "values", "image"), {
      repository: "own.example.com/redis-operator",
      tag: `v3.3.4@${digest}`,
    });
  });

  it("is in no registration of a stack that says nothing", async () => {
    const plain = await synth("prod");
    assert.ok(!plain.has("operator-pods"));
    assert.doesNotMatch(plain.text(), /imagePullSecrets|nodeSelector|priorityClassName/);
  });
});

describe("An image's name", () => {
  it("is taken apart at its registry, its tag and its digest", () => {
    assert.deepEqual(parseImage(`a.b:5000/c/d:1.2@${digest}`), {
      registry: "a.b:5000",
      repository: "c/d",
      tag: "1.2",
      digest,
    });
    assert.deepEqual(parseImage("a.b/c:v1"), { registry: "a.b", repository: "c", tag: "v1" });
    assert.deepEqual(parseImage(`a.b/c@${digest}`), { registry: "a.b", repository: "c", digest });
  });
});

type Values = Record<string, Record<string, unknown>>;
interface Injected {
  proxy: { image: string };
  proxy_init: { image: string };
  imagePullSecrets: string[];
}
