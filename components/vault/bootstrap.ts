import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import { readPrograms } from "../program/index.ts";
import { scriptPod } from "./pod.ts";
import type { VaultSeal } from "./types.ts";
import { audience, keysSecrets } from "./names.ts";
import type { VaultServer } from "./server.ts";
import { workloads } from "../../platform/workloads.ts";

export interface VaultBootstrapArgs {
  namespace: pulumi.Input<string>;
  server: VaultServer;
  seal: VaultSeal;
}

/** These are the mount path, role, policy and service account of the deployer's login, and the audience of its tokens. */
export const deployer = {
  login: "deployer",
  account: "vault-deployer",
  audience,
};

const keysSecret = ({ seal }: VaultBootstrapArgs) =>
  seal.mode === "shamir" ? keysSecrets.unseal : keysSecrets.recovery;
const bootstrapAccount = "vault-bootstrap";
const unsealerAccount = "vault-unsealer";

/**
 * Makes an empty Vault ready to use: one Job initialises it once and revokes the root token, one Deployment
 * unseals every server that comes back, unless servers unseal themselves. Both need nothing but the Kubernetes API and Vault's own.
 */
export class VaultBootstrap extends pulumi.ComponentResource {
  /** Resolves once Vault serves and the deployer can log in; what needs Vault takes this. */
  readonly ready: pulumi.Output<boolean>;

  constructor(name: string, args: VaultBootstrapArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("VaultBootstrap"), name, {}, opts);
    this.#account(deployer.account, args);
    const creator = this.#account(bootstrapAccount, args, ["get", "patch"]);
    const source = this.#readPrograms(args);
    const job = this.#job(args, source, creator);
    // Not sooner: it would ask for the servers' names before they have any, which DNS remembers.
    if (args.seal.mode === "shamir") this.#unsealer(args, source, job);
    this.ready = job.status.succeeded.apply((succeeded) => succeeded > 0);
    this.registerOutputs({ ready: this.ready });
  }

  /** A service account that may do `verbs` to the Secret with the keys, and nothing else; without any no pod runs as it. */
  #account(name: string, args: VaultBootstrapArgs, verbs: string[] = []): pulumi.Resource[] {
    const { namespace } = args;
    const metadata = { name, namespace };
    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata, automountServiceAccountToken: verbs.length > 0 },
      { parent: this },
    );
    if (verbs.length === 0) return [account];
    const rules = [
      { apiGroups: [""], resources: ["secrets"], resourceNames: [keysSecret(args)], verbs },
    ];
    // RBAC cannot name an object that does not exist yet: creation is allowed for the kind.
    const creation = { apiGroups: [""], resources: ["secrets"], verbs: ["create"] };
    const allRules = verbs.includes("patch") ? [...rules, creation] : rules;
    const role = new k8s.rbac.v1.Role(name, { metadata, rules: allRules }, { parent: this });
    const binding = new k8s.rbac.v1.RoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      },
      { parent: this, dependsOn: role },
    );
    return [account, binding];
  }

  #readPrograms({ namespace }: VaultBootstrapArgs): k8s.core.v1.ConfigMap {
    const files = readPrograms("bootstrap.ts", "unsealer.ts");
    const policy = readFileSync(new URL("deployer.hcl", import.meta.url), "utf8");
    return new k8s.core.v1.ConfigMap(
      "vault-scripts",
      { metadata: { namespace }, immutable: true, data: { ...files, "deployer.hcl": policy } },
      { parent: this },
    );
  }

  #job(
    args: VaultBootstrapArgs,
    source: k8s.core.v1.ConfigMap,
    after: pulumi.Resource[],
  ): k8s.batch.v1.Job {
    const env = {
      ...serverEnv(args),
      VAULT_ADDRESS: args.server.address,
      SEAL: args.seal.mode,
      KEY_SHARES: `${args.seal.keyShares}`,
      KEY_THRESHOLD: `${args.seal.keyThreshold}`,
      PGP_KEYS: args.seal.mode === "shamir" ? "" : (args.seal.pgpKeys ?? []).join(","),
      DEPLOYER: deployer.login,
      DEPLOYER_ACCOUNTS: `${deployer.account},${bootstrapAccount}`,
      NAMESPACE: args.namespace,
      AUDIENCE: deployer.audience,
      DEPLOYER_POLICY: "/scripts/deployer.hcl",
    };
    const pod = scriptPod("bootstrap.ts", { ...args, source, env, account: bootstrapAccount });
    return new k8s.batch.v1.Job(
      "vault-bootstrap",
      {
        metadata: { namespace: args.namespace },
        spec: {
          backoffLimit: 0,
          template: {
            metadata: { labels: workloads["vault-bootstrap"].labels },
            spec: { ...pod, restartPolicy: "Never" },
          },
        },
      },
      { parent: this, dependsOn: [...after, args.server], customTimeouts: { create: "15m" } },
    );
  }

  #unsealer(args: VaultBootstrapArgs, source: k8s.core.v1.ConfigMap, after: pulumi.Resource): void {
    const dependsOn = [...this.#account(unsealerAccount, args, ["get"]), after];
    const { labels } = workloads["vault-unsealer"];
    const { namespace } = args;
    const pod = scriptPod("unsealer.ts", {
      ...args,
      source,
      env: serverEnv(args),
      account: unsealerAccount,
    });
    new k8s.apps.v1.Deployment(
      "vault-unsealer",
      {
        metadata: { name: "vault-unsealer", namespace },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
      },
      { parent: this, dependsOn },
    );
  }
}

const serverEnv = (args: VaultBootstrapArgs) => ({
  VAULT_ADDRESSES: pulumi.all(args.server.addresses).apply((addresses) => addresses.join(",")),
  KEYS_SECRET: keysSecret(args),
});
