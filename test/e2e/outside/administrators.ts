import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pulumiFolder, repository } from "../../../local/lib/paths.ts";
import { kubeconfigFile } from "../../../local/stack/environment.ts";
import { accessBy } from "../../../local/stack/stacks.ts";
import { kubectl, kubernetes } from "../platform.ts";

/** What `npm run COMMAND -- STACK` prints for administrators. */
export async function printed(command: "deployer" | "vault-policy", stack: string) {
  const program = join(repository, `plan/${command}.ts`);
  // Stack files of these tests lie beside Pulumi's own.
  const at = { cwd: pulumiFolder };
  return (await promisify(execFile)(process.execPath, [program, stack], at)).stdout;
}

const account = { name: "shlink-deployer", namespace: "shlink-deployer" };

/** A kubeconfig of the restricted deployer, whom the cluster's administrators let in. */
export function deployerAccess(stack: string) {
  const file = join(pulumiFolder, `kubeconfig.${stack}.yaml`);
  return {
    file,
    async make(objects: string): Promise<void> {
      await kubectl(["apply", "--filename=-"], objects);
      const body = { spec: { audiences: [], expirationSeconds: 4 * 3600 } };
      const { core } = kubernetes();
      const { status } = await core.createNamespacedServiceAccountToken({ ...account, body });
      const administrators = readFileSync(kubeconfigFile("dev"), "utf8");
      writeFileSync(file, accessBy(administrators, status?.token ?? ""), { mode: 0o600 });
    },
  };
}
