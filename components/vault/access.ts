import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { token } from "../../platform/project.ts";
import type { Cluster } from "../../outside/cluster.ts";
import type { VaultBootstrap } from "./bootstrap.ts";
import { auditFile, auditFolder } from "./names.ts";
import type { VaultServer } from "./server.ts";
import { type MadeOnce, openSession, providerInputs, type Session } from "./session.ts";

export interface VaultAccessArgs {
  cluster: Cluster;
  server: VaultServer;
  bootstrap: VaultBootstrap;
  /** Loopback port of the tunnel to Vault. */
  localPort: number;
  /** What Vault has although the state does not know it: it is imported. */
  found: MadeOnce[];
}

const mountPath = "secret";

/** The way into Vault for this program, and what all who come there share: the KV store and the Kubernetes login. */
export class VaultAccess extends pulumi.ComponentResource {
  /** Where External Secrets finds Vault. */
  readonly address: pulumi.Output<string>;
  readonly mount = mountPath;
  /** Authority of Vault's certificate, base64 of PEM; absent when Vault speaks plaintext. */
  readonly caBundle?: pulumi.Output<string>;
  /** Mount path of the KV store, known once it is there. */
  readonly store: pulumi.Output<string>;
  /** Mount path of the login for service accounts, known once it is there. */
  readonly logins: pulumi.Output<string>;
  readonly #options: pulumi.CustomResourceOptions;

  constructor(name: string, args: VaultAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("VaultAccess"), name, {}, opts);
    this.address = args.server.address;
    const session = sessionOf(args);
    if (args.server.tls.mode === "secret")
      this.caBundle = session.apply(({ ca }) => base64(ca ?? ""));
    this.#options = {
      parent: this,
      provider: this.#provider(args, session),
      // What lives in Vault dies with it: `pulumi destroy` must not need a tunnel.
      deletedWith: args.server.release,
    };
    this.store = this.#createStore(
      args,
      args.server.audit.mode === "file" ? [this.#audit(args)] : [],
    ).path;
    this.logins = this.#createLogin(args).path;
    this.registerOutputs({ address: this.address });
  }

  /** The options of a resource inside Vault that belongs to another component. */
  inside(parent: pulumi.Resource): pulumi.CustomResourceOptions {
    // In the stacks of an earlier version this component is the parent of all that is inside Vault.
    return { ...this.#options, parent, aliases: [{ parent: this }] };
  }

  #provider(args: VaultAccessArgs, session: pulumi.Output<Session>): vault.Provider {
    const { address, ...rest } = providerInputs({ ...args, tls: args.server.tls });
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
        deleteBeforeReplace: true,
        ...imported(found, "Audit file", "file"),
      },
    );
  }

  #createStore({ found }: VaultAccessArgs, dependsOn: pulumi.Resource[]): vault.Mount {
    return new vault.Mount(
      "secret",
      {
        path: mountPath,
        type: "kv",
        options: { version: "2" },
        description: "Secrets of the platform",
      },
      { ...this.#options, dependsOn, ...imported(found, "Mount secret", mountPath) },
    );
  }

  /** Without a stored reviewer token Vault uses its own pod's, which is renewed; a stored one expires. */
  #createLogin({ found }: VaultAccessArgs): vault.AuthBackend {
    const backend = new vault.AuthBackend(
      "kubernetes",
      { type: "kubernetes", path: "kubernetes" },
      { ...this.#options, ...imported(found, "AuthBackend kubernetes", "kubernetes") },
    );
    new vault.kubernetes.AuthBackendConfig(
      "kubernetes",
      { backend: backend.path, kubernetesHost: "https://kubernetes.default.svc:443" },
      this.#options,
    );
    return backend;
  }
}

const imported = (found: MadeOnce[], resource: MadeOnce, id: string) =>
  found.includes(resource) ? { import: id } : {};

/** Opens the session. It is unknown until Vault is ready, so that a first preview configures nothing; constant from then on. */
function sessionOf(args: VaultAccessArgs): pulumi.Output<Session> {
  return args.bootstrap.ready.apply(() => openSession({ ...args, tls: args.server.tls }));
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
