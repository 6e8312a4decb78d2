import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import { certify } from "../authority/certificate.ts";
import { apiClientsSpec, authorizationSpec } from "./authorization.ts";
import { egressSpec } from "./egress.ts";
import { rateLimitSpec } from "./rate-limit.ts";
import type { RoutingArgs } from "./types.ts";
import {
  certificateSecret,
  certificateSpec,
  destinationSpec,
  gatewaySpec,
  virtualServiceSpec,
} from "./traffic.ts";
import { workloads } from "../../platform/workloads.ts";

const { labels: gatewayLabels } = workloads.gateway;

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

  /** These resources say who may call what, before there is a way to call it. */
  #lockDown(args: RoutingArgs): void {
    const { namespaces, service, apiClients, basePath } = args;
    this.#create("security.istio.io/v1", "PeerAuthentication", "shlink-mtls", namespaces.shlink, {
      mtls: { mode: "STRICT" },
    });
    this.#create("security.istio.io/v1", "AuthorizationPolicy", "shlink-authz", namespaces.shlink, {
      selector: { matchLabels: service.selector },
      ...authorizationSpec(args.gatewayPrincipal, basePath),
    });
    if (apiClients === undefined) return;
    // At the gateway, the only place that knows the client's address.
    this.#create(
      "security.istio.io/v1",
      "AuthorizationPolicy",
      "shlink-api-clients",
      namespaces["istio-ingress"],
      {
        selector: { matchLabels: gatewayLabels },
        ...apiClientsSpec(args.hosts, apiClients, basePath),
      },
    );
  }

  /** Whom the workload may call. */
  #confine({ namespaces, service, calls, callsAnyHost }: RoutingArgs): void {
    this.#create(
      "networking.istio.io/v1",
      "Sidecar",
      "shlink-egress",
      namespaces.shlink,
      egressSpec(service.selector, calls, callsAnyHost),
    );
  }

  #certify({ namespaces, hosts, tls, authority }: RoutingArgs): void {
    const namespace = namespaces["istio-ingress"];
    const request = { namespace, secretName: certificateSecret, dnsNames: hosts };
    certify("gateway", tls, authority, request, { parent: this });
    if (tls.mode !== "certManager") return;
    this.#create(
      "cert-manager.io/v1",
      "Certificate",
      "shlink-certificate",
      namespace,
      certificateSpec(hosts, tls.issuer),
    );
  }

  #route(args: RoutingArgs): void {
    const {
      namespaces: { shlink: namespace },
      hosts,
      tls,
      service,
    } = args;
    const api = "networking.istio.io/v1";
    this.#create(
      api,
      "Gateway",
      "shlink-gateway",
      namespace,
      gatewaySpec(gatewayLabels, hosts, tls),
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

  #limit({ namespaces, rateLimit }: RoutingArgs): void {
    this.#create(
      "networking.istio.io/v1alpha3",
      "EnvoyFilter",
      "shlink-rate-limit",
      namespaces["istio-ingress"],
      rateLimitSpec(gatewayLabels, rateLimit),
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
