import type * as pulumi from "@pulumi/pulumi";
import type { Session } from "./session.ts";

/** A Vault that serves, this program's or somebody else's, and how this program comes into it. */
export interface VaultSource {
  /** Where External Secrets finds it. */
  address: pulumi.Output<string>;
  /** Inputs of the vault provider; nothing in them changes from run to run. */
  provider: { address: string; [input: string]: unknown };
  /** The session, once it is open. */
  session: pulumi.Output<Session>;
  /** Whether its authority is one that not everybody knows. */
  ownAuthority: boolean;
  /** Vault's own namespace. */
  namespace?: string | undefined;
  /** Mount paths of the store and of the login for accounts, and what the names of roles and policies begin with. */
  store: string;
  logins: { path: string; existing: boolean };
  prefix: string;
  /** What the state knows itself by, which everything that Vault makes once carries; absent: the Vault is the stack's own. */
  claim?: pulumi.Output<string>;
  /** Whether every request is logged to a file beside the server. */
  audit: boolean;
  /** What lives inside of it dies with this; absent: it is taken out again. */
  release?: pulumi.Resource;
}
