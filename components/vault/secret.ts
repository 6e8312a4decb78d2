import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { token } from "../../platform/project.ts";
import type { VaultAccess } from "./access.ts";

export interface VaultSecretArgs {
  vault: VaultAccess;
  /** Path below the mount, as an ExternalSecret names it: no leading slash. */
  path: string;
  values: Record<string, pulumi.Input<string>>;
}

/** Values that are kept in Vault: secret in the state, and plain only inside Vault. */
export class VaultSecret extends pulumi.ComponentResource {
  readonly path: string;
  /** The version that was written last. */
  readonly version: pulumi.Output<string>;
  /** What has to exist before the secret can be read. */
  readonly resource: pulumi.Resource;

  constructor(name: string, args: VaultSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("VaultSecret"), name, {}, opts);
    const secret = new vault.kv.SecretV2(
      name,
      {
        mount: args.vault.store,
        name: args.path,
        dataJson: pulumi.secret(pulumi.jsonStringify(args.values)),
        deleteAllVersions: true,
      },
      { ...args.vault.inside(this), additionalSecretOutputs: ["data", "dataJson"] },
    );
    this.path = args.path;
    this.version = secret.metadata.apply((metadata) => metadata?.["version"] ?? "");
    this.resource = secret;
    this.registerOutputs({ path: this.path });
  }
}

/** Changes whenever one of the secrets has a new version. */
export const versionsOf = (secrets: readonly VaultSecret[]): pulumi.Output<string> =>
  pulumi.all(secrets.map(({ version }) => version)).apply((all) => all.join("-"));
