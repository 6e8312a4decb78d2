import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import { janitorRelease } from "../../platform/charts.ts";
import { definitionGroups } from "../../platform/definitions.ts";
import { images } from "../../platform/images.ts";
import { readPrograms } from "../program/index.ts";

/**
 * The API groups of the definitions that Helm leaves, each with the namespace of its release. External Secrets'
 * are in the chart's templates, and go with it.
 */
const groupsWithout = (others: string[]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(definitionGroups)
      .filter(([namespace]) => !["external-secrets", ...others].includes(namespace))
      .flatMap(([namespace, names]) => names.map((name) => [name, namespace])),
  );

/** docs/deployer.yaml names them too. */
export const crdGroups = Object.keys(groupsWithout([]));

export interface JanitorArgs {
  namespace: pulumi.Input<string>;
  /** Namespaces of parts that are not this stack's: their definitions are others'. */
  others: string[];
}

/**
 * Deletes, after everything else is gone, what the charts leave behind. It is a Helm release of its own
 * because a release's deletion hook runs in the cluster: `pulumi destroy` needs no program for it.
 */
export class Janitor extends pulumi.ComponentResource {
  constructor(name: string, args: JanitorArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Janitor"), name, { namespace: args.namespace }, opts);
    new k8s.helm.v3.Release(
      janitorRelease,
      {
        name: janitorRelease,
        chart: "./components/janitor/chart",
        namespace: args.namespace,
        values: {
          image: images.node,
          crdGroups: groupsWithout(args.others),
          scripts: readPrograms("janitor.ts"),
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
