import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { token } from "../../platform/project.ts";

/**
 * What the stack's state knows itself by. It is in the state before anything is in the cluster, so that an `up` that was
 * interrupted knows its own work again, and no other state of a stack of that name takes it for its own.
 */
export class Claim extends pulumi.ComponentResource {
  readonly identity: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super(token("Claim"), name, {}, opts);
    this.identity = new random.RandomUuid(name, {}, { parent: this }).result;
    this.registerOutputs({ identity: this.identity });
  }
}
