import { setTimeout as sleep } from "node:timers/promises";
import { kube } from "../../../incluster/kube.ts";

interface Service {
  metadata: { name: string; namespace: string };
  spec: { type: string };
  status: { loadBalancer: { ingress?: unknown[] } };
}

/** Address of the node: kube-proxy takes what arrives there on a Service's own ports. */
const ip = process.env["NODE_ADDRESS"];
process.on("SIGTERM", () => process.exit(0));

for (;;) {
  await serve().catch((error: unknown) => console.error(error));
  await sleep(1_000);
}

/** Gives the node's address to every Service that asks for a load balancer and has none. */
async function serve(): Promise<void> {
  const { body } = await kube<{ items: Service[] }>("GET", "/api/v1/services");
  for (const { metadata, spec, status } of body.items) {
    if (spec.type !== "LoadBalancer" || status.loadBalancer.ingress !== undefined) continue;
    const path = `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}/status`;
    await kube("PATCH", path, { status: { loadBalancer: { ingress: [{ ip }] } } });
    console.log(`${metadata.namespace}/${metadata.name} has ${ip}`);
  }
}
