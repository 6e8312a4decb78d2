import type * as pulumi from "@pulumi/pulumi";
import type { NamespacesOf } from "../namespaces/index.ts";
import type { ShlinkService } from "../shlink/index.ts";

/**
 * `secret`: a Secret in the gateway's namespace with tls.crt and tls.key. `certManager`: the cluster's
 * cert-manager makes and renews that Secret.
 */
export type RoutingTls =
  | { mode: "plaintext" }
  | { mode: "secret"; credentialName: string }
  | { mode: "certManager"; issuer: { kind: "Issuer" | "ClusterIssuer"; name: string } };

/** Requests per second that one gateway pod lets through, by kind; what is over gets 429. */
export interface RateLimit {
  redirects: number;
  apiReads: number;
  apiWrites: number;
}

export interface RoutingArgs {
  namespaces: NamespacesOf<"shlink" | "istio-ingress">;
  /** Identity with which the gateway calls the workload. */
  gatewayPrincipal: pulumi.Input<string>;
  service: ShlinkService;
  /** Replicas of the workload: they decide how many may be ejected. */
  replicas: number;
  /** Public host names. */
  hosts: string[];
  tls: RoutingTls;
  rateLimit: RateLimit;
  /** Namespaces whose Services the workload calls. */
  calls: string[];
  /** Whether it may call any host besides. */
  callsAnyHost: boolean;
  /** Client networks that may call the REST API; any when absent. */
  apiClients?: string[];
}
