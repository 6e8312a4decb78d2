import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ChartSource } from "../../../platform/charts.ts";
import { installChart } from "../../chart/index.ts";
import { ownershipLabel, token } from "../../../platform/project.ts";
import { restrictedNamespace } from "../../../platform/namespaces.ts";
import { closedSpec, type PolicySpec } from "../../network/index.ts";
import { dashboardFiles } from "../dashboards/index.ts";
import { dashboardsName } from "./grafana.ts";
import { signingKey } from "./kiali.ts";
import { viewPolicies } from "./policies.ts";
import { viewsNamespace, type ViewName } from "./settings.ts";
import { viewValues, type ValuesArgs } from "./values.ts";

export interface ViewsArgs extends ValuesArgs {
  charts: ChartSource;
  /** Networks of the API server. */
  apiServer: string[];
}

/** Prometheus, Grafana, Jaeger and Kiali, as far as they come as charts, in a closed namespace of their own. */
export class Views extends pulumi.ComponentResource {
  readonly #namespace: pulumi.Output<string>;
  readonly #policies: k8s.networking.v1.NetworkPolicy[] = [];

  constructor(name: string, args: ViewsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Views"), name, {}, opts);
    const labels = { ...ownershipLabel, ...restrictedNamespace };
    this.#namespace = new k8s.core.v1.Namespace(
      viewsNamespace,
      { metadata: { name: viewsNamespace, labels } },
      { parent: this },
    ).metadata.name;
    this.#restrict("default", closedSpec);
    const policies = viewPolicies(args.views, args.apiServer);
    for (const [pod, spec] of Object.entries(policies)) this.#restrict(pod, spec);
    const values = Object.entries(viewValues(args)) as [ViewName, Record<string, unknown>][];
    for (const [view, own] of values) this.#install(view, own, args.charts);
    this.registerOutputs({});
  }

  #restrict(name: string, spec: PolicySpec): void {
    const policy = new k8s.networking.v1.NetworkPolicy(
      `views-${name}`,
      { metadata: { name, namespace: this.#namespace }, spec },
      { parent: this },
    );
    this.#policies.push(policy);
  }

  /** The pods find their policies, and what they mount. */
  #install(view: ViewName, values: Record<string, unknown>, source: ChartSource): void {
    const mounted: Partial<Record<ViewName, () => pulumi.Resource>> = {
      grafana: () => this.#dashboards(),
      kiali: () => this.#key(),
    };
    const needed = mounted[view]?.();
    installChart(
      view,
      { chart: view, source, namespace: this.#namespace, values },
      { parent: this, dependsOn: [...this.#policies, ...(needed === undefined ? [] : [needed])] },
    );
  }

  #dashboards(): pulumi.Resource {
    return new k8s.core.v1.ConfigMap(
      "views-dashboards",
      {
        metadata: { name: dashboardsName, namespace: this.#namespace },
        data: dashboardFiles(),
      },
      { parent: this },
    );
  }

  #key(): pulumi.Resource {
    const { result } = new random.RandomPassword(
      signingKey.name,
      { length: 32, special: false },
      { parent: this },
    );
    return new k8s.core.v1.Secret(
      signingKey.name,
      {
        metadata: { name: signingKey.name, namespace: this.#namespace },
        stringData: { [signingKey.key]: result },
      },
      { parent: this },
    );
  }
}
