import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { openApi } from "../effects/api.ts";
import { refuseMore, runCommand, WrongArguments } from "../effects/command.ts";
import { replaceFile } from "../effects/files.ts";
import { chooseContext } from "../effects/kubeconfig.ts";
import { type Found, lookAt } from "./cluster.ts";
import { answer, questions, suggested } from "./questions.ts";
import { assumptions, stackFile } from "./stack-file.ts";

const USAGE = `Usage: npm run init -- STACK [options]
Looks into the cluster of the kubeconfig's current context, asks what it cannot know, and writes Pulumi.STACK.yaml.
  --host NAMES         host names of the links, with commas between them
  --certificate HOW    secret:NAME, issuer:NAME (a ClusterIssuer), internal or plaintext
  --storage-class NAME default: the cluster's default class
  --storage SIZE       of each database volume; default: ${suggested.storage}
  --backups SIZE       of the backups' volume, or none; default: ${suggested.backups}
  --mirror PLACE       folder or oci:// prefix with the charts; default: the upstream repositories
  --force              replace a stack file that is there`;

const text = { type: "string" } as const;
const options = {
  host: text,
  certificate: text,
  "storage-class": text,
  storage: text,
  backups: text,
  mirror: text,
  force: { type: "boolean" },
} as const;

function readArguments(args: string[]) {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [stack, ...more] = positionals;
  if (stack === undefined) throw new WrongArguments("Name the stack, such as prod.");
  if (!/^[\w.-]+$/.test(stack))
    throw new WrongArguments(
      `"${stack}" is no name of a stack: letters, digits, "-", "_" and ".".`,
    );
  refuseMore(more);
  return { stack, ...values };
}

async function init(args: string[]): Promise<void> {
  const { stack, force, mirror, ...given } = readArguments(args);
  const name = `Pulumi.${stack}.yaml`;
  refuseExisting(name, force === true);
  const config = await chooseContext();
  const context = config.getCurrentContext();
  const found = await lookAt(await openApi(config));
  const answers = await answer(questions(found), given);
  refuseUnknownClass(answers["storage-class"] ?? "", found);
  const file = stackFile(
    {
      stack,
      context,
      mirror,
      hosts: (answers["host"] ?? "").split(",").map((host) => host.trim()),
      certificate: answers["certificate"] ?? "",
      storageClass: answers["storage-class"] ?? "",
      storage: answers["storage"] ?? "",
      backups: answers["backups"] ?? "",
    },
    found,
  );
  refuseExisting(name, force === true);
  replaceFile(name, file);
  console.log(`${name} is written for context ${context}. It assumes:`);
  for (const line of assumptions(found)) console.log(`  ${line}`);
  console.log(`Next: pulumi stack init ${stack} && pulumi preview`);
}

/** An account that may not list the classes is believed. */
function refuseUnknownClass(name: string, { storageClasses }: Found): void {
  if (storageClasses.length > 0 && !storageClasses.includes(name))
    throw new Error(
      `The cluster has no StorageClass ${name} (--storage-class): it has ${storageClasses.join(", ")}.`,
    );
}

/** Never replaces a file that somebody may have written by hand. */
function refuseExisting(name: string, force: boolean): void {
  if (!force && existsSync(name))
    throw new Error(`${name} is there already: remove it, or say --force to replace it.`);
}

await runCommand(USAGE, init);
