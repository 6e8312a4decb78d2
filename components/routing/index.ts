import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import { apiClientsSpec, authorizationSpec } from "./authorization.ts";
import { egressSpec } from "./egress.ts";
import { rateLimitSpec } from "./rate-limit.ts";
import { certificateSpec, destinationSpec, gatewaySpec, virtualServiceSpec } from "./traffic.ts";
import type { RoutingArgs } from "./types.ts";

/** The way from the outside to Shlink: named hosts only, mutual TLS inside, redirects public, the API guarded. */
export class Routing extends pulumi.ComponentResource {
  constructor(name: string, args: RoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Routing"), name, {}, opts);
    this.#lockDown(args);
    this.#confine(args);
    this.#certify(args);
    this.#route(args);
    this.#limit(args);
    this.registerOutputs({});
  }

  /** Who may call what, before there is a way to call it. */
  #lockDown(args: RoutingArgs): void {
    const { namespace, service, gatewayNamespace, gatewaySelector, apiClients } = args;
    this.#create("security.istio.io/v1", "PeerAuthentication", "shlink-mtls", namespace, {
      mtls: { mode: "STRICT" },
    });
    this.#create("security.istio.io/v1", "AuthorizationPolicy", "shlink-authz", namespace, {
      selector: { matchLabels: service.selector },
      ...authorizationSpec(args.gatewayPrincipal),
    });
    if (apiClients === undefined) return;
    // At the gateway, the only place that knows the client's address.
    this.#create(
      "security.istio.io/v1",
      "AuthorizationPolicy",
      "shlink-api-clients",
      gatewayNamespace,
      {
        selector: { matchLabels: gatewaySelector },
        ...apiClientsSpec(args.hosts, apiClients),
      },
    );
  }

  /** Whom the workload may call. */
  #confine({ namespace, service, calls, callsAnyHost }: RoutingArgs): void {
    this.#create(
      "networking.istio.io/v1",
      "Sidecar",
      "shlink-egress",
      namespace,
      egressSpec(service.selector, calls, callsAnyHost),
    );
  }

  #certify({ gatewayNamespace, hosts, tls }: RoutingArgs): void {
    if (tls.mode !== "certManager") return;
    this.#create(
      "cert-manager.io/v1",
      "Certificate",
      "shlink-certificate",
      gatewayNamespace,
      certificateSpec(hosts, tls.issuer),
    );
  }

  #route(args: RoutingArgs): void {
    const { namespace, gatewaySelector, hosts, tls, service } = args;
    const api = "networking.istio.io/v1";
    this.#create(
      api,
      "Gateway",
      "shlink-gateway",
      namespace,
      gatewaySpec(gatewaySelector, hosts, tls),
    );
    this.#create(
      api,
      "VirtualService",
      "shlink-virtualservice",
      namespace,
      virtualServiceSpec(args),
    );
    this.#create(
      api,
      "DestinationRule",
      "shlink-destination",
      namespace,
      destinationSpec(service.host, args.replicas),
    );
  }

  #limit({ gatewayNamespace, gatewaySelector, rateLimit }: RoutingArgs): void {
    this.#create(
      "networking.istio.io/v1alpha3",
      "EnvoyFilter",
      "shlink-rate-limit",
      gatewayNamespace,
      rateLimitSpec(gatewaySelector, rateLimit),
    );
  }

  #create(
    apiVersion: string,
    kind: string,
    name: string,
    namespace: pulumi.Input<string>,
    spec: object,
  ): void {
    new k8s.apiextensions.CustomResource(
      name,
      { apiVersion, kind, metadata: { name, namespace }, spec },
      { parent: this },
    );
  }
}
