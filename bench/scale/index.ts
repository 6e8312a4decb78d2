import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { marking } from "../../components/namespaces/marking.ts";
import { kubernetes } from "../../effects/cluster.ts";
import { asKubectl, takeOver } from "../../platform/marks.ts";
import { loadSettings } from "../../settings/load.ts";
import { Application } from "./application.ts";

/** How many applications there are; the first one's settings can be another's. */
const { BENCH_APPLICATIONS: count, BENCH_REDIRECTS: redirects } = process.env;

export default function program(): void {
  const settings = loadSettings();
  const { routing, cluster } = settings;
  const rateLimit = { ...routing.rateLimit, redirects: Number(redirects) };
  const changed = { ...settings, routing: { ...routing, rateLimit } };
  pulumi.runtime.registerStackTransformation(marking(pulumi.getStack()));
  const provider = new k8s.Provider("kubernetes", {
    context: cluster.context,
    ...asKubectl,
    ...takeOver,
  });
  const providers = { kubernetes: provider, random: new random.Provider("random") };
  const shared = {
    cluster: kubernetes(),
    externalSecrets: { account: { name: "external-secrets", namespace: "default" }, installed: [] },
    gatewayPrincipal: "cluster.local/ns/istio-ingress/sa/istio-ingressgateway",
  };
  for (let number = 1; number <= Number(count); number++)
    new Application(
      number,
      { ...shared, settings: number === 1 ? changed : settings },
      { providers },
    );
}
