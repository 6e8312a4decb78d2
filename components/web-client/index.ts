import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import { workloads } from "../../platform/workloads.ts";
import type { NamespacesOf } from "../namespaces/index.ts";
import { pageSpec } from "./pod.ts";
import { type Page, serversFile } from "./settings.ts";
import { pageClients, pageEgress, pageReaders, pageRoutes, pageTokens } from "./traffic.ts";

export interface WebClientArgs extends Omit<Page, "mode" | "servers"> {
  namespaces: NamespacesOf<"shlink"> & Partial<NamespacesOf<"istio-ingress">>;
  /** Shlinks that the page offers. */
  servers: { name: string; url: string }[];
  /** Identity with which the gateway calls the page. */
  gatewayPrincipal: pulumi.Input<string>;
  /** Whether visitors come by https. */
  https: boolean;
  /** Namespaces whose Services the sidecar calls. */
  calls: string[];
}

const name = "web-client";
const { labels, ports } = workloads[name];

/** Shlink's web client: files for browsers, which call Shlink's API from there. */
export class WebClient extends pulumi.ComponentResource {
  constructor(componentName: string, args: WebClientArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("WebClient"), componentName, {}, opts);
    this.#guard(args);
    this.#serve(args);
    this.#keepAvailable(args);
    this.#route(args);
    this.registerOutputs({});
  }

  /** These resources say who may read the page, before there is one. */
  #guard({ namespaces, gatewayPrincipal, host, clients, login, calls }: WebClientArgs): void {
    const { shlink, "istio-ingress": ingress } = namespaces;
    const security = "security.istio.io/v1";
    const selector = { matchLabels: labels };
    this.#create(security, "AuthorizationPolicy", "web-client-authz", shlink, {
      selector,
      ...pageReaders(gatewayPrincipal, login),
    });
    if (login.mode === "jwt")
      this.#create(security, "RequestAuthentication", "web-client-login", shlink, {
        selector,
        ...pageTokens(login),
      });
    const egress = pageEgress(labels, calls);
    this.#create("networking.istio.io/v1", "Sidecar", "web-client-egress", shlink, egress);
    if (clients === undefined || ingress === undefined) return;
    // At the gateway, the only place that knows the client's address.
    this.#create(security, "AuthorizationPolicy", "web-client-clients", ingress, {
      selector: { matchLabels: workloads.gateway.labels },
      ...pageClients(host, clients),
    });
  }

  #serve({ namespaces: { shlink: namespace }, servers, replicas, requests }: WebClientArgs): void {
    const list = new k8s.core.v1.ConfigMap(
      "web-client-servers",
      {
        metadata: { namespace },
        immutable: true,
        data: { "servers.json": serversFile(servers) },
      },
      { parent: this },
    );
    const template = { metadata: { labels }, spec: pageSpec(list.metadata.name, requests) };
    const metadata = { name, namespace, labels };
    new k8s.apps.v1.Deployment(
      name,
      { metadata, spec: { replicas, selector: { matchLabels: labels }, template } },
      { parent: this },
    );
    const port = { name: "http", port: ports.http, targetPort: ports.http, appProtocol: "http" };
    // Nothing waits for its endpoints.
    const annotations = { "pulumi.com/skipAwait": "true" };
    new k8s.core.v1.Service(
      name,
      { metadata: { ...metadata, annotations }, spec: { selector: labels, ports: [port] } },
      { parent: this },
    );
  }

  #keepAvailable({ namespaces: { shlink: namespace }, replicas }: WebClientArgs): void {
    // A budget of one replica would forbid every drain.
    if (replicas === 1) return;
    const spec = { maxUnavailable: 1, selector: { matchLabels: labels } };
    const metadata = { name, namespace };
    new k8s.policy.v1.PodDisruptionBudget(name, { metadata, spec }, { parent: this });
  }

  #route({ namespaces: { shlink }, host, https }: WebClientArgs): void {
    const service = pulumi.interpolate`${name}.${shlink}.svc.cluster.local`;
    const api = "networking.istio.io/v1";
    this.#create(api, "VirtualService", name, shlink, pageRoutes(host, service, ports.http, https));
    this.#create(api, "DestinationRule", name, shlink, {
      host: service,
      trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } },
    });
  }

  #create(
    apiVersion: string,
    kind: string,
    object: string,
    namespace: pulumi.Input<string>,
    spec: object,
  ): void {
    new k8s.apiextensions.CustomResource(
      object === name ? `${object}-${kind.toLowerCase()}` : object,
      { apiVersion, kind, metadata: { name: object, namespace }, spec },
      { parent: this },
    );
  }
}
