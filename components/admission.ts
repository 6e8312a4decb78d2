import * as pulumi from "@pulumi/pulumi";

export class AdmissionPolicies extends pulumi.ComponentResource {
  constructor(name: string, args: object, opts?: pulumi.ComponentResourceOptions) {
    super("shlink-platform:index:AdmissionPolicies", name, args, opts);
    this.registerOutputs({});
  }
}
