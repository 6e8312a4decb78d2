import { parseArgs } from "node:util";
import { refuseMore, runCommand, WrongArguments } from "../effects/command.ts";
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
  if (verb !== "list" && verb !== "disable")
    throw new WrongArguments(`Say list or disable: "${verb ?? ""}" is neither.`);
  if (verb === "list") refuseMore(positionals.slice(1));
  if (verb === "disable" && name === undefined)
    throw new WrongArguments("Name the key that is to be disabled, as list shows it.");
  refuseMore(stray);
  return { context, name };
}

async function main(args: string[]): Promise<void> {
  const { context, name } = readArguments(args);
  const tools = await openTools(context, pulumiCli(undefined));
  if (name === undefined) process.stdout.write(`${await listKeys(tools)}\n`);
  else await disableKey(tools, name);
}

await runCommand(USAGE, main);
