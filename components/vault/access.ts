import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { token } from "../../platform/project.ts";
import { auditFile, auditFolder } from "./names.ts";
import type { MadeOnce } from "./session.ts";
import type { VaultSource } from "./source.ts";

export interface VaultAccessArgs {
  source: VaultSource;
  /** What Vault has although the state does not know it: it is imported. */
  found: MadeOnce[];
}

/** The way into Vault for this program, and what all who come there share: the KV store and the Kubernetes login. */
export class VaultAccess extends pulumi.ComponentResource {
  /** Where External Secrets finds Vault. */
  readonly address: pulumi.Output<string>;
  /** Where the KV store and the login for service accounts are, by their mount paths. */
  readonly mount: string;
  readonly loginPath: string;
  /** What the names of roles and policies begin with. */
  readonly prefix: string;
  /** What the paths of secrets begin with. */
  readonly folder: string = "";
  /** Vault's own namespace; absent: the root. */
  readonly namespace?: string;
  /** Authority of Vault's certificate, base64 of PEM; absent when Vault speaks plaintext, or everybody knows it. */
  readonly caBundle?: pulumi.Output<string>;
  /** Mount path of the KV store, known once it is there. */
  readonly store: pulumi.Output<string>;
  /** Mount path of the login for service accounts, known once it is there. */
  readonly logins: pulumi.Output<string>;
  readonly #options: pulumi.CustomResourceOptions;

  constructor(name: string, args: VaultAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("VaultAccess"), name, {}, opts);
    const { source } = args;
    this.address = source.address;
    this.mount = source.store;
    this.loginPath = source.logins.path;
    this.prefix = source.prefix;
    if (source.namespace !== undefined) this.namespace = source.namespace;
    if (source.ownAuthority) this.caBundle = source.session.apply(({ ca }) => base64(ca ?? ""));
    const { release } = source;
    this.#options = {
      parent: this,
      provider: this.#provider(source),
      // What lives in a Vault of ours dies with it: `pulumi destroy` must not need a tunnel.
      ...(release === undefined ? {} : { deletedWith: release }),
    };
    this.store = this.#createStore(args, source.audit ? [this.#audit(args)] : []).path;
    this.logins = source.logins.existing
      ? pulumi.output(source.logins.path)
      : this.#createLogin(args).path;
    this.registerOutputs({ address: this.address });
  }

  /** The same Vault for one of several applications: its secrets, roles and policies are apart from those of others. */
  within(application: string): VaultHome {
    const prefix = `${this.prefix}${application}-`;
    const inside = (parent: pulumi.Resource) => this.inside(parent);
    return { ...this, prefix, folder: `${application}/`, inside };
  }

  /**
   * The options of a resource inside Vault that belongs to another component. One that leaves the stack stays in a Vault of
   * ours: the engine deletes when the program has ended, and its tunnel with it.
   */
  inside(parent: pulumi.Resource): pulumi.CustomResourceOptions {
    const retained = this.#options.deletedWith === undefined ? {} : { retainOnDelete: true };
    // In the stacks of an earlier version this component is the parent of all that is inside Vault.
    return { ...this.#options, ...retained, parent, aliases: [{ parent: this }] };
  }

  #provider({ provider, session }: VaultSource): vault.Provider {
    const { address, ...rest } = provider;
    return new vault.Provider(
      "vault",
      { address: session.apply(() => address), ...rest },
      { parent: this },
    );
  }

  /** What the store gets later is in the log from the first secret on. */
  #audit({ found }: VaultAccessArgs): vault.Audit {
    return new vault.Audit(
      "file",
      {
        type: "file",
        path: "file",
        description: "Every request and answer, secrets hashed",
        options: { file_path: `${auditFolder}/${auditFile}` },
      },
      {
        ...this.#options,
        // Vault has ended one that is wanted no more already (session.ts): a device without its volume would stop it.
        retainOnDelete: true,
        ...imported(found, "Audit", "file"),
      },
    );
  }

  #createStore({ found, source }: VaultAccessArgs, dependsOn: pulumi.Resource[]): vault.Mount {
    return new vault.Mount(
      "secret",
      {
        path: source.store,
        type: "kv",
        options: { version: "2" },
        description: described("Secrets of the platform", source),
      },
      { ...this.#options, dependsOn, ...imported(found, "Mount", source.store) },
    );
  }

  /** Without a stored reviewer token Vault uses its own pod's, which is renewed; a stored one expires. */
  #createLogin({ found, source }: VaultAccessArgs): vault.AuthBackend {
    const { logins, claim } = source;
    const mark = claim && { description: described("Accounts of the platform", source) };
    const backend = new vault.AuthBackend(
      "kubernetes",
      { type: "kubernetes", path: logins.path, ...mark },
      { ...this.#options, ...imported(found, "AuthBackend", logins.path) },
    );
    new vault.kubernetes.AuthBackendConfig(
      "kubernetes",
      { backend: backend.path, kubernetesHost: "https://kubernetes.default.svc:443" },
      this.#options,
    );
    return backend;
  }
}

/** What a component has to know of a Vault to keep secrets in it, or to read them. */
export type VaultHome = Pick<
  VaultAccess,
  | "address"
  | "caBundle"
  | "folder"
  | "inside"
  | "loginPath"
  | "logins"
  | "mount"
  | "namespace"
  | "prefix"
  | "store"
>;

/** Where others have things, too, what is ours says whose it is. */
const described = (what: string, { claim }: VaultSource) =>
  claim === undefined ? what : pulumi.interpolate`${what}, ${claim}`;

const imported = (found: MadeOnce[], resource: MadeOnce, id: string) =>
  found.includes(resource) ? { import: id } : {};

const base64 = (text: string) => Buffer.from(text).toString("base64");
