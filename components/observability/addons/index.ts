import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ChartSource } from "../../../platform/charts.ts";
import { installChart } from "../../chart/index.ts";
import { ownershipLabel, token } from "../../../platform/project.ts";
import { restrictedNamespace } from "../../../platform/namespaces.ts";
import type { Surroundings } from "../../../platform/surroundings.ts";
import { restrict } from "../../network/restrict.ts";
import { closedRules, type Rules } from "../../network/rules.ts";
import { dashboardFiles, type Healthy } from "../dashboards/index.ts";
import { dashboardsName } from "./grafana.ts";
import { signingKey } from "./kiali.ts";
import { addonPolicies } from "./policies.ts";
import { addonsNamespace, type AddonName } from "./settings.ts";
import { addonValues, type ValuesArgs } from "./values.ts";

export interface AddonsArgs extends ValuesArgs, Healthy {
  charts: ChartSource;
  surroundings: Surroundings;
  /** Namespaces in which there is nothing of the stack to watch. */
  others: string[];
}

/** Prometheus, Grafana, Jaeger and Kiali, as far as they come as charts, in a closed namespace of their own. */
export class Addons extends pulumi.ComponentResource {
  readonly #namespace: pulumi.Output<string>;
  readonly #healthy: Healthy;
  readonly #policies: pulumi.Resource[] = [];

  constructor(name: string, args: AddonsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Addons"), name, {}, opts);
    this.#healthy = args;
    const labels = { ...ownershipLabel, ...restrictedNamespace };
    this.#namespace = new k8s.core.v1.Namespace(
      addonsNamespace,
      { metadata: { name: addonsNamespace, labels } },
      { parent: this },
    ).metadata.name;
    const { surroundings } = args;
    const policies = addonPolicies(args.addons, surroundings, args.others);
    const all = { default: closedRules(surroundings), ...policies };
    for (const [pod, rules] of Object.entries(all)) this.#restrict(pod, rules, surroundings);
    const values = Object.entries(addonValues(args)) as [AddonName, Record<string, unknown>][];
    for (const [addon, own] of values) this.#install(addon, own, args.charts);
    this.registerOutputs({});
  }

  #restrict(object: string, rules: Rules, { policies }: Surroundings): void {
    const restriction = { object, namespace: this.#namespace, rules, policies };
    this.#policies.push(...restrict(`addons-${object}`, restriction, { parent: this }));
  }

  /** The pods find their policies, and what they mount. */
  #install(addon: AddonName, values: Record<string, unknown>, source: ChartSource): void {
    const mounted: Partial<Record<AddonName, () => pulumi.Resource>> = {
      grafana: () => this.#dashboards(),
      kiali: () => this.#key(),
    };
    const needed = mounted[addon]?.();
    installChart(
      { chart: addon, source, namespace: this.#namespace, values },
      { parent: this, dependsOn: [...this.#policies, ...(needed === undefined ? [] : [needed])] },
    );
  }

  #dashboards(): pulumi.Resource {
    return new k8s.core.v1.ConfigMap(
      "addons-dashboards",
      {
        metadata: { name: dashboardsName, namespace: this.#namespace },
        data: dashboardFiles(this.#healthy),
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
