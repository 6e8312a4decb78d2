import type { Requests } from "../../../platform/quantity.ts";
import type { AddonName } from "./settings.ts";

/** The Secret with the key by which Kiali signs its sessions; the chart would put it into a ConfigMap. */
export const signingKey = { name: "kiali-signing-key", key: "key" };

/** Kiali shows what the token of who logs in may see, and changes nothing. */
export function kialiValues(
  { requests }: { requests: Requests },
  { prometheus, grafana, jaeger }: Partial<Record<AddonName, string>>,
) {
  return {
    auth: { strategy: "token" },
    deployment: {
      view_only_mode: true,
      image_pull_policy: "IfNotPresent",
      resources: { requests },
      // The namespace has policies of its own, which are stricter.
      network_policy: { enabled: false },
    },
    login_token: { signing_key: `secret:${signingKey.name}:${signingKey.key}` },
    external_services: {
      istio: { root_namespace: "istio-system" },
      prometheus: { url: prometheus },
      grafana: other(grafana),
      tracing: { ...other(jaeger), provider: "jaeger", use_grpc: false },
    },
  };
}

/** Kiali shows `external_url` as a link, which leads nowhere in a browser when only the cluster knows the name. */
function other(address: string | undefined) {
  if (address === undefined) return { enabled: false };
  const known = isServiceName(new URL(address).hostname);
  return { enabled: true, internal_url: address, ...(known ? {} : { external_url: address }) };
}

const isServiceName = (host: string) => !host.includes(".") || /\.svc(\.|$)/.test(host);
