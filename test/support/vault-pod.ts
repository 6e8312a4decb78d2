import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPrograms } from "../../components/program/index.ts";
import { podNode } from "./pod-node.ts";
import { repository } from "../../local/lib/paths.ts";

export interface VaultPodArgs {
  /** Port of the Kubernetes API on `localhost`, with TLS by this authority. */
  apiPort: number;
  authority: string;
  /** Port of Vault on 127.0.0.1. */
  vaultPort: number;
  /** Tokens of the pod's ServiceAccount: for the Kubernetes API, and for Vault. */
  tokens: { own: string; vault: string };
  /** What else of a script's text cannot be here as it is in a pod. */
  adapt?: (text: string) => string;
}

/** What the pods that open Vault have, so that their readPrograms run here as processes. */
export class VaultPod {
  readonly folder = mkdtempSync(join(tmpdir(), "shlink-platform-vault-pod-"));
  readonly env: NodeJS.ProcessEnv;

  constructor(args: VaultPodArgs) {
    this.#mount(args);
    this.#install(args.adapt ?? ((text) => text));
    this.env = {
      NODE_COMPILE_CACHE: join(this.folder, "compiled"),
      KUBERNETES_SERVICE_HOST: "localhost",
      KUBERNETES_SERVICE_PORT: `${args.apiPort}`,
      VAULT_ADDRESS: `http://127.0.0.1:${args.vaultPort}`,
      VAULT_ADDRESSES: `http://127.0.0.1:${args.vaultPort}`,
      KEYS_SECRET: "vault-unseal-keys",
      SEAL: "shamir",
      PGP_KEYS: "",
      KEY_SHARES: "3",
      KEY_THRESHOLD: "2",
      DEPLOYER: "deployer",
      DEPLOYER_ACCOUNTS: "vault-deployer,vault-bootstrap",
      NAMESPACE: "vault",
      AUDIENCE: "vault",
      DEPLOYER_POLICY: join(this.folder, "deployer.hcl"),
    };
  }

  #mount({ authority, tokens }: VaultPodArgs): void {
    const account = join(this.folder, "kubernetes.io/serviceaccount");
    for (const place of [account, join(this.folder, "vault")])
      mkdirSync(place, { recursive: true });
    writeFileSync(join(account, "ca.crt"), authority);
    writeFileSync(join(account, "namespace"), "vault");
    writeFileSync(join(account, "token"), tokens.own);
    writeFileSync(join(this.folder, "vault/token"), tokens.vault);
  }

  /** Only the folder that a pod mounts lies elsewhere here. */
  #install(adapt: (text: string) => string): void {
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }');
    const policy = join(repository, "components/vault/deployer.hcl");
    copyFileSync(policy, join(this.folder, "deployer.hcl"));
    const files = readPrograms("bootstrap.ts", "unsealer.ts");
    for (const [name, text] of Object.entries(files)) {
      const here = adapt(text.replaceAll("/var/run/secrets", this.folder));
      writeFileSync(join(this.folder, name), here);
    }
  }

  start(script: string): { output: () => string; process: ChildProcess } {
    let output = "";
    const child = spawn(podNode, [join(this.folder, script)], { env: this.env });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return { output: () => output, process: child };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
