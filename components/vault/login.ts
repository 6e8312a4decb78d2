import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { token } from "../../platform/project.ts";
import type { VaultHome } from "./access.ts";
import { audience } from "./names.ts";

export interface VaultLoginArgs {
  vault: VaultHome;
  /** The one service account that may log in, and its namespace. */
  account: string;
  namespace: pulumi.Input<string>;
  /** Paths of Vault's API that it may read. */
  paths: string[];
}

/** The Vault role that one service account logs in with, which carries this component's name, and what it may read. */
export class VaultLogin extends pulumi.ComponentResource {
  readonly mountPath: pulumi.Output<string>;
  readonly role: pulumi.Output<string>;
  readonly audience = audience;

  constructor(name: string, args: VaultLoginArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("VaultLogin"), name, {}, opts);
    const inside = args.vault.inside(this);
    const rules = args.paths.map((path) => `path "${path}" { capabilities = ["read"] }\n`);
    const own = `${args.vault.prefix}${name}`;
    const policy = new vault.Policy(name, { name: own, policy: rules.join("") }, inside);
    const login = new vault.kubernetes.AuthBackendRole(
      name,
      {
        backend: args.vault.logins,
        roleName: own,
        boundServiceAccountNames: [args.account],
        boundServiceAccountNamespaces: [args.namespace],
        // Without an audience a token meant for anybody would do.
        audience,
        tokenPolicies: [policy.name],
        tokenTtl: 600,
        tokenMaxTtl: 3600,
      },
      inside,
    );
    this.mountPath = args.vault.logins;
    this.role = login.roleName;
    this.registerOutputs({ role: this.role });
  }
}
