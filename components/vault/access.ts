import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { token } from "../../platform/project.ts";
import type { Cluster } from "../../outside/cluster.ts";
import type { VaultBootstrap } from "./bootstrap.ts";
import { auditFile } from "./reloader.ts";
import { audience, auditFolder, type VaultServer } from "./server.ts";
import { openSession, providerInputs, type Session } from "./session.ts";

export interface VaultAccessArgs {
  cluster: Cluster;
  namespace: string;
  server: VaultServer;
  bootstrap: VaultBootstrap;
  /** Loopback port of the tunnel to Vault. */
  localPort: number;
}

/** A value kept in Vault: where it lies, and which version of it was written last. */
export interface VaultSecret {
  /** Path below the mount, as an ExternalSecret names it: no leading slash. */
  path: string;
  version: pulumi.Output<string>;
  /** What has to exist before the secret can be read. */
  resource: pulumi.Resource;
}

/** A Vault role that one service account logs in with. */
export interface VaultLogin {
  mountPath: pulumi.Output<string>;
  role: pulumi.Output<string>;
  audience: string;
}

interface VaultGrant {
  namespace: pulumi.Input<string>;
  account: string;
  /** Paths of Vault's API that may be read. */
  paths: string[];
}

const mountPath = "secret";
/** The account in each namespace with whose token External Secrets comes to Vault. */
export const readerAccount = "external-secrets-sa";

/** What is inside Vault: the KV store, the Kubernetes login, and one role for each namespace that reads. */
export class VaultAccess extends pulumi.ComponentResource {
  /** Where External Secrets finds Vault. */
  readonly address: pulumi.Output<string>;
  readonly mount = mountPath;
  /** Authority of Vault's certificate, base64 of PEM; absent when Vault speaks plaintext. */
  readonly caBundle?: pulumi.Output<string>;
  readonly #options: pulumi.CustomResourceOptions;
  readonly #store: vault.Mount;
  readonly #backend: vault.AuthBackend;

  constructor(name: string, args: VaultAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("VaultAccess"), name, {}, opts);
    this.address = args.server.address;
    const session = openedSession(args);
    if (args.server.tls.mode === "secret")
      this.caBundle = session.apply(({ ca }) => base64(ca ?? ""));
    this.#options = {
      parent: this,
      provider: this.#provider(args, session),
      // What lives in Vault dies with it: `pulumi destroy` must not need a tunnel.
      deletedWith: args.server.release,
    };
    this.#store = this.#createStore(args.server.audit.mode === "file" ? [this.#audit()] : []);
    this.#backend = this.#createLogin();
    this.registerOutputs({ address: this.address });
  }

  /** Keeps values under `path`; they are secret in the state, and plain only inside Vault. */
  write(path: string, values: Record<string, pulumi.Input<string>>): VaultSecret {
    const secret = new vault.kv.SecretV2(
      path.replace("/", "-"),
      {
        mount: this.#store.path,
        name: path,
        dataJson: pulumi.secret(pulumi.jsonStringify(values)),
        deleteAllVersions: true,
      },
      { ...this.#options, additionalSecretOutputs: ["data", "dataJson"] },
    );
    const version = secret.metadata.apply((metadata) => metadata?.["version"] ?? "");
    return { path, version, resource: secret };
  }

  /** Lets the External Secrets account of one namespace read these paths, and nothing else. */
  allow(role: string, namespace: pulumi.Input<string>, secrets: string[]): VaultLogin {
    const paths = secrets.flatMap((path) => [
      `${mountPath}/data/${path}`,
      `${mountPath}/metadata/${path}`,
    ]);
    return this.#login(role, { namespace, account: readerAccount, paths });
  }

  /** Lets one account copy the whole Vault as it is stored, encrypted, and read nothing in it. */
  allowSnapshots(role: string, namespace: pulumi.Input<string>, account: string): VaultLogin {
    return this.#login(role, { namespace, account, paths: ["sys/storage/raft/snapshot"] });
  }

  #login(role: string, { namespace, account, paths }: VaultGrant): VaultLogin {
    const policy = new vault.Policy(
      role,
      {
        name: role,
        policy: paths.map((path) => `path "${path}" { capabilities = ["read"] }\n`).join(""),
      },
      this.#options,
    );
    const login = new vault.kubernetes.AuthBackendRole(
      role,
      {
        backend: this.#backend.path,
        roleName: role,
        boundServiceAccountNames: [account],
        boundServiceAccountNamespaces: [namespace],
        // Without an audience a token meant for anybody would do.
        audience,
        tokenPolicies: [policy.name],
        tokenTtl: 600,
        tokenMaxTtl: 3600,
      },
      this.#options,
    );
    return { mountPath: this.#backend.path, role: login.roleName, audience };
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
  #audit(): vault.Audit {
    return new vault.Audit(
      "file",
      {
        type: "file",
        path: "file",
        description: "Every request and answer, secrets hashed",
        options: { file_path: `${auditFolder}/${auditFile}` },
      },
      { ...this.#options, deleteBeforeReplace: true },
    );
  }

  #createStore(dependsOn: pulumi.Resource[]): vault.Mount {
    return new vault.Mount(
      "secret",
      {
        path: mountPath,
        type: "kv",
        options: { version: "2" },
        description: "Secrets of the platform",
      },
      { ...this.#options, dependsOn },
    );
  }

  /** Without a stored reviewer token Vault uses its own pod's, which is renewed; a stored one expires. */
  #createLogin(): vault.AuthBackend {
    const backend = new vault.AuthBackend(
      "kubernetes",
      { type: "kubernetes", path: "kubernetes" },
      this.#options,
    );
    new vault.kubernetes.AuthBackendConfig(
      "kubernetes",
      { backend: backend.path, kubernetesHost: "https://kubernetes.default.svc:443" },
      this.#options,
    );
    return backend;
  }
}

/** Unknown until Vault is open, so that a first preview configures nothing; constant from then on. */
function openedSession(args: VaultAccessArgs): pulumi.Output<Session> {
  return args.bootstrap.ready.apply(() => openSession({ ...args, tls: args.server.tls }));
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
