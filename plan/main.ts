import { parseArgs } from "node:util";
import { listing } from "./listing.ts";
import { render, stackSettings } from "./render.ts";
import { differences, table, tree } from "./tree.ts";
import { runCommand } from "../effects/command.ts";
import { isComponent } from "../platform/project.ts";

const usage = `Usage: node --import ./effects/lean.ts plan/main.ts [--json STACK]
  Prints what both stacks register and what differs, or as JSON what one of them does. It needs no cluster.`;

await runCommand(usage, async (args) => {
  const { json } = parseArgs({ args, options: { json: { type: "string" } } }).values;
  if (json === undefined) await compare();
  else process.stdout.write(await listing(json));
});

/** Prints both stacks as the real program registers them, and the settings that make the difference. */
async function compare(): Promise<void> {
  const dev = await render("dev");
  const prod = await render("prod");
  const devTree = tree(dev);
  const prodTree = tree(prod);
  const count = ({ registrations }: typeof dev) =>
    registrations.filter((one) => !isComponent(one)).length;

  console.log(`Stack prod: ${count(prod)} resources. Lines with + are not in dev.\n`);
  for (const line of prodTree) console.log(`${devTree.includes(line) ? " " : "+"} ${line}`);
  const missing = devTree.filter((line) => !prodTree.includes(line));
  console.log(`\nStack dev: ${count(dev)} resources. Only there:\n`);
  for (const line of missing) console.log(`+ ${line}`);
  console.log("\nWhat differs in the stack files:\n");
  const rows = differences(stackSettings("dev"), stackSettings("prod"));
  for (const line of table([["setting", "dev", "prod"], ...rows])) console.log(`  ${line}`);
}
