import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings/index.ts";
import type { CertificateAuthority } from "../authority/index.ts";
import type { OutsideService } from "../../platform/services.ts";
import type { OutsideStore } from "../../platform/stores.ts";
import type { NamespacesOf } from "../namespaces/index.ts";
import type { ShlinkService } from "../shlink/index.ts";

type RoutingSettings = Settings["routing"];

export type RateLimit = RoutingSettings["rateLimit"];
export type RoutingTls = RoutingSettings["tls"];

export const routeNames = ["redirects", "api-reads", "api-writes"] as const;
export type RouteName = (typeof routeNames)[number];

export interface RoutingArgs extends Omit<RoutingSettings, "trustedProxies"> {
  /** The hosts under which there are links. */
  linkHosts: string[];
  /** Without a namespace here the gateway is somebody else's: nothing is made beside it. */
  namespaces: NamespacesOf<"shlink"> & Partial<NamespacesOf<"istio-ingress">>;
  /** Labels of the gateway's pods. */
  gatewayLabels: Record<string, string>;
  /** Identity with which the gateway calls the workload. */
  gatewayPrincipal: pulumi.Input<string>;
  service: ShlinkService;
  /** Path below which the workload answers; empty: there is none. */
  basePath: string;
  /** Replicas of the workload: they decide how many may be ejected. */
  replicas: number;
  /** Signs the gateway's certificate, where `tls` is `internal`. */
  authority?: CertificateAuthority;
  /** Namespaces whose Services the workload calls. */
  calls: string[];
  /** Services that the workload calls because its settings name them. */
  services: OutsideService[];
  /** A database and a Redis that somebody else runs. */
  stores: OutsideStore[];
  /** Whether the workload may call any host besides. */
  callsAnyHost: boolean;
}
