import * as pulumi from "@pulumi/pulumi";
import type { Flow } from "../../platform/flows.ts";
import type { NamespaceName } from "../../platform/namespaces.ts";
import { token } from "../../platform/project.ts";
import type { Surroundings } from "../../platform/surroundings.ts";
import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import { restrict } from "./restrict.ts";
import { closedRules, workloadRules, type Rules } from "./rules.ts";

export interface NetworkArgs {
  namespaces: Partial<Record<NamespaceName, pulumi.Input<string>>>;
  /** Every connection that is allowed. */
  flows: Flow[];
  surroundings: Surroundings;
}

/** Closes every namespace, then opens exactly the flows: one policy for each kind of pod. */
export class Network extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Network"), name, {}, opts);
    const { namespaces, flows, surroundings } = args;
    const closed = closedRules(surroundings);
    for (const [name, namespace] of Object.entries(namespaces))
      this.#restrict(`${name}-default`, { object: "default", namespace, rules: closed }, args);
    for (const workload of connected(flows)) {
      const namespace = namespaces[workloads[workload].namespace];
      const rules = workloadRules(workload, flows, surroundings);
      this.#restrict(workload, { object: workload, namespace, rules }, args);
    }
    this.registerOutputs({});
  }

  #restrict(name: string, { object, namespace, rules }: Policy, args: NetworkArgs): void {
    if (namespace === undefined)
      throw new Error(`the flows name pods of ${object}, whose namespace this stack does not have`);
    const { policies } = args.surroundings;
    restrict(name, { object, namespace, rules, policies }, { parent: this });
  }
}

interface Policy {
  /** The name in the cluster. */
  object: string;
  namespace: pulumi.Input<string> | undefined;
  rules: Rules;
}

/** Kinds of pods that no flow names are not in this stack. */
const connected = (flows: Flow[]) =>
  (Object.keys(workloads) as WorkloadName[]).filter((name) =>
    flows.some(({ from, to }) => from.includes(name) || to.includes(name)),
  );
