import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { stackSettings } from "../../plan/render.ts";
import type { Settings } from "../../settings/index.ts";
import { renderChart } from "../support/charts.ts";
import { type Change, synth, type Synthesis } from "../support/synth.ts";

const document = readFileSync("docs/platforms.md", "utf8");
/** Each block of settings by its heading. */
const blocks = new Map(
  document
    .split(/^## /m)
    .slice(1)
    .flatMap((section): [string, string][] => {
      const [heading = ""] = section.split("\n");
      const block = /```yaml\n([^]*?)```/.exec(section)?.[1];
      return block === undefined ? [] : [[heading, block]];
    }),
);
const platforms = [
  "EKS",
  "EKS Auto Mode",
  "GKE Standard",
  "GKE Autopilot",
  "AKS",
  "k3s",
  "RKE2",
  "kubeadm",
  "Talos",
  "OpenShift",
  "kind",
  "minikube",
];

/** Production's settings with a block in their place, one mode of TLS for another. */
function stackOf(heading: string): Promise<Synthesis> {
  const change = parse(blocks.get(heading) ?? "") as Change;
  const { tls } = (change.routing ?? {}) as Partial<Settings["routing"]>;
  const routing = stackSettings("prod")["routing"] as object;
  const whole =
    tls === undefined
      ? {}
      : { routing: { ...routing, tls: { ...tls, credentialName: undefined } } };
  return synth("prod", { ...change, ...whole });
}

const release = (name: string) => `kubernetes:helm.sh/v3:Release::${name}`;
const text = (stack: Synthesis, kind: string) => JSON.stringify(stack.of(kind));

/** What Istio's chart makes of the agent's values there. */
async function agentOf(stack: Synthesis) {
  const values = stack.input(release("istio-cni"), "values") as object;
  const objects = await renderChart("istioCni", {
    name: "istio-cni",
    namespace: "istio-cni",
    values,
  });
  return { objects, text: JSON.stringify(objects) };
}

describe("docs/platforms.md", function () {
  this.timeout(600_000);

  it("has a block of at most ten lines for each platform, and names each in its table", () => {
    for (const platform of platforms) {
      const block = blocks.get(platform);
      assert.ok(block !== undefined, platform);
      assert.ok(block.trimEnd().split("\n").length <= 10, platform);
      const anchor = platform.toLowerCase().replaceAll(" ", "-");
      assert.ok(document.includes(`| [${platform}](#${anchor})`), platform);
    }
  });

  for (const heading of blocks.keys())
    it(`has settings that render for: ${heading}`, async () => {
      const stack = await stackOf(heading);
      assert.ok(stack.registrations.length > 100);
    });

  it("gives the gateway the balancer of EKS", async () => {
    const service = (await stackOf("EKS")).input(
      release("istio-ingressgateway"),
      "values",
      "service",
    );
    assert.deepEqual(service, {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      loadBalancerClass: "service.k8s.aws/nlb",
      annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
    });
  });

  it("brings the quota without which GKE refuses the agent, and leaves its folder to the chart", async () => {
    const { objects } = await agentOf(await stackOf("GKE Standard"));
    const quota = objects.find(({ kind }) => kind === "ResourceQuota");
    assert.equal(quota?.metadata.namespace, "istio-cni");
    assert.match(JSON.stringify(quota.spec), /"PriorityClass","values":\["system-node-critical"\]/);
    assert.ok(!(await stackOf("GKE Autopilot")).has("istio-cni"));
  });

  it("finds the network plugins of k3s, of OpenShift by Multus, and of all others", async () => {
    const k3s = await agentOf(await stackOf("k3s"));
    assert.match(k3s.text, /"\/var\/lib\/rancher\/k3s\/agent\/etc\/cni\/net\.d"/);
    assert.match(k3s.text, /"\/var\/lib\/rancher\/k3s\/data\/cni"/);
    const openshift = await agentOf(await stackOf("OpenShift"));
    assert.match(openshift.text, /"\/etc\/cni\/multus\/net\.d"/);
    assert.match(openshift.text, /"type":"spc_t"/);
    const usual = await agentOf(await stackOf("RKE2"));
    assert.match(usual.text, /"\/opt\/cni\/bin".*"\/etc\/cni\/net\.d"/);
    assert.ok(!usual.objects.some(({ kind }) => kind === "ResourceQuota"));
  });

  it("lets a folder of the settings win over the platform's", async () => {
    const stack = await synth("prod", { mesh: { platform: "k3s", cniBinDir: "/srv/cni" } });
    const { text } = await agentOf(stack);
    assert.match(text, /"\/srv\/cni"/);
    assert.doesNotMatch(text, /k3s\/data\/cni/);
    assert.match(text, /k3s\/agent\/etc\/cni\/net\.d/);
  });

  it("opens DNS where OpenShift and EKS Auto Mode have it", async () => {
    assert.match(text(await stackOf("OpenShift"), "NetworkPolicy"), /"openshift-dns".*"port":5353/);
    assert.match(text(await stackOf("EKS Auto Mode"), "NetworkPolicy"), /172\.20\.0\.10\/32/);
  });

  it("speaks of the API server as Cilium does on Talos", async () => {
    assert.match(text(await stackOf("Talos"), "CiliumNetworkPolicy"), /kube-apiserver/);
  });
});
