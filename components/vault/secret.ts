import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as vault from "@pulumi/vault";
import { token } from "../../platform/project.ts";
import type { VaultHome } from "./access.ts";

export interface VaultSecretArgs {
  vault: SecretsHome;
  /** Path below the mount, as an ExternalSecret names it: no leading slash. */
  path: string;
  values: Record<string, pulumi.Input<string>>;
}

/** Where the stack's secrets are kept; undefined: in its state alone. */
export type SecretsHome = VaultHome | undefined;

/** Values that are kept in Vault, where there is one: secret in the state, and plain only inside Vault. */
export class VaultSecret extends pulumi.ComponentResource {
  readonly path: string;
  readonly values: VaultSecretArgs["values"];
  /** The version that was written last. */
  readonly version: pulumi.Output<string>;
  /** What has to exist before the secret can be read. */
  readonly resource: pulumi.Resource;

  constructor(name: string, args: VaultSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("VaultSecret"), name, {}, opts);
    this.path = `${args.vault?.folder ?? ""}${args.path}`;
    this.values = args.values;
    const kept = args.vault === undefined ? undefined : this.#keep(name, args.vault, args);
    this.version =
      kept === undefined
        ? this.#digest(name, args)
        : kept.metadata.apply((metadata) => metadata?.["version"] ?? "");
    this.resource = kept ?? this;
    this.registerOutputs({ path: this.path });
  }

  /** Pods carry it for everybody to see: without the key, which is in the state alone, nobody can try guesses against it. */
  #digest(name: string, { values }: VaultSecretArgs): pulumi.Output<string> {
    const key = new random.RandomBytes(`${name}-digest`, { length: 32 }, { parent: this });
    const digest = pulumi
      .all([key.base64, pulumi.jsonStringify(values)])
      .apply(([base64, text]) =>
        createHmac("sha256", Buffer.from(base64, "base64")).update(text).digest("hex").slice(0, 12),
      );
    return pulumi.unsecret(digest);
  }

  #keep(name: string, home: VaultHome, { values }: VaultSecretArgs): vault.kv.SecretV2 {
    return new vault.kv.SecretV2(
      name,
      {
        mount: home.store,
        name: this.path,
        dataJson: pulumi.secret(pulumi.jsonStringify(values)),
        deleteAllVersions: true,
      },
      { ...home.inside(this), additionalSecretOutputs: ["data", "dataJson"] },
    );
  }
}

/** Changes whenever one of the secrets has a new version. */
export const versionsOf = (secrets: readonly VaultSecret[]): pulumi.Output<string> =>
  pulumi.all(secrets.map(({ version }) => version)).apply((all) => all.join("-"));
