import { parseArgs } from "node:util";
import { runCommand } from "../effects/command.ts";
import { disableKey, listKeys } from "./keys.ts";
import { pulumiCli } from "./pulumi.ts";
import { openTools } from "./tools.ts";

const USAGE = `Usage: npm run api-keys -- list [--context NAME]
       npm run api-keys -- disable KEY-NAME [--context NAME]
  Lists the API keys that Shlink knows, with what they may do and until when, and none of their values; or disables one.
  Keys are made, changed and taken out in the stack file: shlink.apiKeys.
  --context  a context of the kubeconfig; default: its current one`;

function readArguments(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    options: { context: { type: "string" } },
    allowPositionals: true,
  });
  const [verb, name, ...stray] = positionals;
  const { context } = values;
  if (verb === "list" && name === undefined) return { context, name };
  if (verb === "disable" && name !== undefined && stray.length === 0) return { context, name };
  throw new Error(USAGE);
}

async function main(args: string[]): Promise<void> {
  const { context, name } = readArguments(args);
  const tools = await openTools(context, pulumiCli(undefined));
  if (name === undefined) process.stdout.write(`${await listKeys(tools)}\n`);
  else await disableKey(tools, name);
}

await runCommand(USAGE, main);
