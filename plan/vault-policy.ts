import { parseArgs } from "node:util";
import { deployerPolicy } from "../components/vault/policy.ts";
import { runCommand } from "../effects/command.ts";
import { readSettings } from "../settings/stack-file.ts";

const usage = "Usage: npm run --silent vault-policy -- STACK > policy.hcl";

/** Prints what Vault's administrators have to let the deployer of a stack do. */
async function print(args: string[]): Promise<void> {
  const [stack] = parseArgs({ args, allowPositionals: true }).positionals;
  if (stack === undefined) throw new Error(usage);
  const file = `Pulumi.${stack}.yaml`;
  const settings = readSettings(file);
  const { vault } = settings;
  if (vault.mode === "none") throw new Error(`${file}: vault.mode is none.`);
  if (vault.mode === "install")
    throw new Error(`${file}: vault.mode is install: the bootstrap writes the policy itself.`);
  // With it comes the whole program.
  const { render } = await import("./render.ts");
  const { registrations } = await render(stack, settings);
  const made = registrations.filter(({ type }) => type.startsWith("vault:"));
  const where = vault.namespace === undefined ? "" : ` in namespace ${vault.namespace}`;
  process.stdout.write(`# ${file}: what pulumi up needs at ${vault.address}${where}.\n\n`);
  process.stdout.write(deployerPolicy(made));
}

await runCommand(usage, print);
