import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import { certify } from "../authority/certificate.ts";
import {
  acmeGateway,
  acmeGatewaySpec,
  acmeRoutes,
  solverService,
  solverServiceSpec,
} from "./acme.ts";
import { apiClientsSpec, authorizationSpec } from "./authorization.ts";
import {
  certificateName,
  certificateSecret,
  certificateSpec,
  servedCertificates,
  waitingFor,
} from "./certificates.ts";
import { edgeSpec } from "./edge.ts";
import { egressSpec, foreign, serviceEntrySpec, storeEntrySpec } from "./egress.ts";
import { rateLimitSpec, sidecarLimitSpec } from "./rate-limit.ts";
import type { RoutingArgs } from "./types.ts";
import { destinationSpec, gatewaySpec, isHttp01, virtualServiceSpec } from "./traffic.ts";

/** The way from the outside to Shlink: named hosts only, mutual TLS inside, redirects public, the API guarded. */
export class Routing extends pulumi.ComponentResource {
  constructor(name: string, args: RoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Routing"), name, {}, opts);
    this.#lockDown(args);
    this.#confine(args);
    this.#issue(args);
    const wayIn = this.#route(args);
    this.#limit(args);
    this.#requestCertificates(args, wayIn);
    this.registerOutputs({});
  }

  /** These resources say who may call what, before there is a way to call it. */
  #lockDown(args: RoutingArgs): void {
    const { namespaces, service, apiClients, basePath, tls, gatewayLabels } = args;
    const { "istio-ingress": ingress } = namespaces;
    this.#create("security.istio.io/v1", "PeerAuthentication", "shlink-mtls", namespaces.shlink, {
      mtls: { mode: "STRICT" },
    });
    this.#create("security.istio.io/v1", "AuthorizationPolicy", "shlink-authz", namespaces.shlink, {
      selector: { matchLabels: service.selector },
      ...authorizationSpec(args.gatewayPrincipal, basePath),
    });
    if (ingress === undefined) return;
    // At the gateway, the only place that knows the client's address.
    const guard = (name: string, spec: object) =>
      this.#create("security.istio.io/v1", "AuthorizationPolicy", name, ingress, {
        selector: { matchLabels: gatewayLabels },
        ...spec,
      });
    if (tls.mode === "edge") guard("shlink-edge", edgeSpec(tls.proxies));
    if (apiClients !== undefined)
      guard("shlink-api-clients", apiClientsSpec(args.linkHosts, apiClients, basePath));
  }

  /** Whom the workload may call. */
  #confine(args: RoutingArgs): void {
    const {
      namespaces: { shlink },
      service,
      calls,
      services,
      stores,
    } = args;
    const api = "networking.istio.io/v1";
    const spec = egressSpec(service.selector, calls, [...services, ...stores], args.callsAnyHost);
    this.#create(api, "Sidecar", "shlink-egress", shlink, spec);
    for (const outside of foreign(services)) {
      const name = `${outside.host}-${outside.port}`;
      this.#create(api, "ServiceEntry", name, shlink, serviceEntrySpec(outside));
    }
    for (const store of stores.filter(({ networks }) => networks.length > 0))
      this.#create(api, "ServiceEntry", `${store.name}-store`, shlink, storeEntrySpec(store));
  }

  /** The program's own authority signs before there is a way in; cert-manager's issuer comes in by it. */
  #issue({ namespaces, hosts, tls, authority }: RoutingArgs): void {
    const namespace = namespaces["istio-ingress"];
    if (namespace === undefined) return;
    const request = { namespace, secretName: certificateSecret, dnsNames: hosts };
    certify("gateway", tls, authority, request, { parent: this });
  }

  #route(args: RoutingArgs): pulumi.Resource[] {
    const {
      namespaces: { shlink: namespace },
      hosts,
      tls,
      service,
    } = args;
    const api = "networking.istio.io/v1";
    const gateway = gatewaySpec(args.gatewayLabels, hosts, tls);
    const destination = destinationSpec(service.host, args.replicas);
    this.#create(api, "Gateway", "shlink-gateway", namespace, gateway);
    this.#create(
      api,
      "VirtualService",
      "shlink-virtualservice",
      namespace,
      virtualServiceSpec({ ...args, hosts: args.linkHosts }),
    );
    this.#create(api, "DestinationRule", "shlink-destination", namespace, destination);
    return isHttp01(tls) ? this.#answerIssuer(args) : [];
  }

  /** Plain HTTP is for an ACME issuer's questions, and sends everybody else to https. */
  #answerIssuer({ namespaces, hosts, gatewayLabels }: RoutingArgs): pulumi.Resource[] {
    const api = "networking.istio.io/v1";
    const { shlink: namespace, "istio-ingress": ingress } = namespaces;
    if (ingress === undefined) return [];
    const spec = acmeGatewaySpec(gatewayLabels, hosts);
    const gateway = this.#create(api, "Gateway", acmeGateway, namespace, spec);
    const routes = hosts.flatMap((host) => {
      const metadata = {
        name: solverService(host),
        namespace: ingress,
        // It has a pod only while there is a question.
        annotations: { "pulumi.com/skipAwait": "true" },
      };
      return [
        new k8s.core.v1.Service(
          `acme-solver-${host}`,
          { metadata, spec: solverServiceSpec(host) },
          { parent: this },
        ),
        this.#create(api, "VirtualService", `${acmeGateway}-${host}`, namespace, acmeRoutes(host)),
      ];
    });
    return [gateway, ...routes];
  }

  #requestCertificates(
    { namespaces, hosts, tls }: RoutingArgs,
    dependsOn: pulumi.Resource[],
  ): void {
    const { "istio-ingress": namespace } = namespaces;
    if (tls.mode !== "certManager" || namespace === undefined) return;
    for (const served of servedCertificates(hosts, tls)) {
      const name = certificateName(served);
      const certificate = this.#create(
        "cert-manager.io/v1",
        "Certificate",
        name,
        namespace,
        certificateSpec(served, tls.issuer),
        { dependsOn, customTimeouts: { create: "15m", update: "15m" } },
        { "pulumi.com/waitFor": "condition=Ready" },
      );
      if (!pulumi.runtime.isDryRun())
        void pulumi.log.info(waitingFor(name, served, tls), certificate);
    }
  }

  /** Limits requests in the gateway, before anything is counted; beside somebody else's gateway, in Shlink's own proxies. */
  #limit({ namespaces, rateLimit, gatewayLabels, service }: RoutingArgs): void {
    const { "istio-ingress": ingress, shlink } = namespaces;
    const spec =
      ingress === undefined
        ? sidecarLimitSpec(service.selector, rateLimit)
        : rateLimitSpec(gatewayLabels, rateLimit);
    const api = "networking.istio.io/v1alpha3";
    this.#create(api, "EnvoyFilter", "shlink-rate-limit", ingress ?? shlink, spec);
  }

  #create(
    apiVersion: string,
    kind: string,
    name: string,
    namespace: pulumi.Input<string>,
    spec: object,
    opts: pulumi.CustomResourceOptions = {},
    annotations?: Record<string, string>,
  ): pulumi.Resource {
    const metadata = { name, namespace, ...(annotations === undefined ? {} : { annotations }) };
    return new k8s.apiextensions.CustomResource(
      name,
      { apiVersion, kind, metadata, spec },
      { parent: this, ...opts },
    );
  }
}
