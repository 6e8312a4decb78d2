import { parseArgs } from "node:util";
import { openApi } from "../effects/api.ts";
import { refuseMore, report, runCommand, WrongArguments } from "../effects/command.ts";
import { chooseContext } from "../effects/kubeconfig.ts";
import { putBack, readKeys, save } from "./keys-file.ts";

const USAGE = `Usage: npm run vault-keys -- save FILE [--context NAME]
       npm run vault-keys -- put-back FILE [--replace] [--context NAME]
  Copies the Secret with Vault's keys into a file, which nobody else may read, or puts it back from one: without it a sealed Vault
  stays sealed. Whoever has the file can open Vault: keep it apart from the snapshots.
  --replace  other keys that are there give way, as after a restore of a snapshot into a fresh Vault
  --context  a context of the kubeconfig; default: its current one`;

function readArguments(args: string[]) {
  const options = {
    context: { type: "string" },
    replace: { type: "boolean", default: false },
  } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [verb, file, ...stray] = positionals;
  if (verb !== "save" && verb !== "put-back")
    throw new WrongArguments(`Say save or put-back: "${verb ?? ""}" is neither.`);
  if (file === undefined) throw new WrongArguments(`Name the file to ${verb}.`);
  refuseMore(stray);
  if (verb === "save" && values.replace)
    throw new WrongArguments("--replace is for put-back only: no file is replaced.");
  return { verb, file, ...values };
}

async function main(args: string[]): Promise<void> {
  const { verb, file, replace, context } = readArguments(args);
  const open = async () => ({ ask: await openApi(await chooseContext(context)), report });
  if (verb === "save") return save(await open(), file);
  const keys = readKeys(file);
  return putBack(await open(), file, keys, replace);
}

await runCommand(USAGE, main);
