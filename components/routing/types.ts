import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings/index.ts";
import type { NamespacesOf } from "../namespaces/index.ts";
import type { ShlinkService } from "../shlink/index.ts";

type RoutingSettings = Settings["routing"];

export type RateLimit = RoutingSettings["rateLimit"];
/** The gateway's certificate; one of the program's own authority is in a Secret by now. */
export type RoutingTls = Exclude<RoutingSettings["tls"], { mode: "internal" }>;

export const routeNames = ["redirects", "api-reads", "api-writes"] as const;
export type RouteName = (typeof routeNames)[number];

export interface RoutingArgs extends Omit<RoutingSettings, "tls" | "trustedProxies"> {
  namespaces: NamespacesOf<"shlink" | "istio-ingress">;
  /** Identity with which the gateway calls the workload. */
  gatewayPrincipal: pulumi.Input<string>;
  service: ShlinkService;
  /** Replicas of the workload: they decide how many may be ejected. */
  replicas: number;
  tls: RoutingTls;
  /** Namespaces whose Services the workload calls. */
  calls: string[];
  /** Whether the workload may call any host besides. */
  callsAnyHost: boolean;
}
