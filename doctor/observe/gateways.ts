import { workloads } from "../../platform/workloads.ts";
import type { Facts, Gateway } from "../facts.ts";
import { inNamespace } from "../readings.ts";
import { type Access, seen } from "./access.ts";
import { readWhole } from "./lists.ts";

/** The Gateways of other namespaces: they are asked for only where they could take a host, which has TLS on its port then. */
export async function readOtherGateways(access: Access, { gateways }: Pick<Facts, "gateways">) {
  const servers = gateways.flatMap(({ spec }) => spec?.servers ?? []);
  if (!servers.some(({ tls }) => tls?.mode !== undefined)) return seen<Gateway[]>([]);
  const path = "/apis/networking.istio.io/v1/gateways";
  const all = await readWhole<Gateway>(access, path, "gateways of all namespaces");
  const isOwn = inNamespace(workloads.shlink.namespace);
  return all.known ? seen(all.value.filter((one) => !isOwn(one))) : all;
}
