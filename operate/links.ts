import { existsSync, readFileSync, rmSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { apiKey } from "../components/shlink/names.ts";
import type { Ask } from "../effects/api.ts";
import { type HttpAnswer, send } from "../effects/http.ts";
import { workloads } from "../platform/workloads.ts";
import { refuseMore, report, runCommand, WrongArguments } from "../effects/command.ts";
import { exportLinks } from "./links/export.ts";
import { importLinks, readLinks } from "./links/import.ts";
import type { AskLinks } from "./links/link.ts";
import { readSecret } from "./pods.ts";
import { pulumiCli } from "./pulumi.ts";
import { read } from "./read.ts";
import { openTools } from "./tools.ts";

const USAGE = `Usage: npm run links -- export FILE [--context NAME] [--from URL --key-file FILE]
       npm run links -- import FILE [--context NAME]
  Writes all links into a file, a line of JSON for each, or makes those of a file that are not there. Visits stay behind.
  --context   a context of the kubeconfig; default: its current one
  --from      another Shlink, from which the links come: its address, such as https://old.example.com
  --key-file  a file with an API key of that Shlink`;

function readArguments(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    options: {
      context: { type: "string" },
      from: { type: "string" },
      "key-file": { type: "string" },
    },
    allowPositionals: true,
  });
  const [verb, file, ...stray] = positionals;
  const { context, from, "key-file": keyFile } = values;
  if (verb !== "export" && verb !== "import")
    throw new WrongArguments(`Say export or import: "${verb ?? ""}" is neither.`);
  if (file === undefined) throw new WrongArguments(`Name the file to ${verb}.`);
  refuseMore(stray);
  if (verb === "import" && from !== undefined)
    throw new WrongArguments("--from is for export only: an import is into the cluster's Shlink.");
  if ((from === undefined) !== (keyFile === undefined))
    throw new WrongArguments("--from and --key-file go together: a Shlink, and a key of it.");
  const other = from !== undefined && keyFile !== undefined ? { from, keyFile } : undefined;
  return { verb, file, context, other };
}

/**
 * Asks another Shlink by its address.
 * @throws Error with a sentence where the address or the file with the key cannot be used.
 */
function askOther(from: string, keyFile: string): AskLinks {
  const { protocol, hostname, username, search, hash } = URL.canParse(from)
    ? new URL(from)
    : new URL("none:");
  if (!/^https?:$/.test(protocol) || `${username}${search}${hash}` !== "")
    throw new Error(
      `--from ${from} is no address of a Shlink: it must begin with https:// or http://, then a host, and a path where it has one.`,
    );
  const key = readText(keyFile).trim();
  // What cannot stand in a header is no key, either.
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new Error(`${keyFile} must have one API key and nothing else (--key-file).`);
  const base = from.replace(/\/+$/, "");
  // An address is never sent as a name.
  const tls = { servername: isIP(hostname.replace(/^\[|\]$/g, "")) === 0 ? hostname : "" };
  return async (path, request) => {
    const url = `${base}/rest/v3${path}`;
    const answer = await send(url, { ...(request ?? get), headers: headers(key) }, tls);
    return because(answer, (failure) => `${base} gives no answer, ${failure} (--from)`);
  };
}

/** Says who gave no answer, where none came. */
const because = (answer: HttpAnswer, say: (failure: string) => string): HttpAnswer =>
  answer.failure === undefined ? answer : { ...answer, failure: say(answer.failure) };

const get = { method: "GET" } as const;
const headers = (key: string) => ({ "x-api-key": key, "content-type": "application/json" });

/** Asks the cluster's Shlink, with its first key, which is in a Secret. */
async function askOurs(context: string | undefined): Promise<AskLinks> {
  const { ask, shlink } = await openTools(context, pulumiCli(undefined));
  const data = await readSecret(ask, workloads.shlink.namespace, apiKey.secret);
  const base = `${await basePath(ask)}/rest/v3`;
  return async (path, request) => {
    const key = data[apiKey.key] ?? "";
    const answer = await shlink(`${base}${path}`, { ...(request ?? get), headers: headers(key) });
    return because(answer, (why) => `Shlink's pods give no answer, ${why}; look at npm run doctor`);
  };
}

interface Deployment {
  spec?: { template: { spec: { containers: { env?: { name: string; value?: string }[] }[] } } };
}

/** Below which path Shlink is, as its pods are told. */
async function basePath(ask: Ask): Promise<string> {
  const path = `/apis/apps/v1/namespaces/${workloads.shlink.namespace}/deployments/shlink`;
  const { spec } = await read<Deployment>(ask, path, "Shlink's Deployment");
  const variables = spec?.template.spec.containers.flatMap(({ env = [] }) => env) ?? [];
  return variables.find(({ name }) => name === "BASE_PATH")?.value ?? "";
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as Error).message}).`, { cause: error });
  }
}

/**
 * Writes a file that gets its name when it is whole. Until then it is `FILE.partial`, which goes where this fails or is ended.
 * @throws Error with a sentence where it cannot be written, or the lines do not come.
 */
async function writeLinks(file: string, lines: AsyncGenerator<string>): Promise<void> {
  if (existsSync(file)) throw new Error(`${file} is there already: name another file.`);
  const partial = `${file}.partial`;
  const unwritable = (error: Error) => {
    throw new Error(`${partial} cannot be written (${error.message}).`, { cause: error });
  };
  const handle = await open(partial, "w", 0o600).catch(unwritable);
  process.once("exit", () => rmSync(partial, { force: true }));
  for (const [signal, number] of endings) process.once(signal, () => process.exit(128 + number));
  try {
    for await (const line of lines) await handle.appendFile(line).catch(unwritable);
  } finally {
    await handle.close();
  }
  await rename(partial, file).catch(unwritable);
}

/** Signals by which a command is ended, which alone would leave no time to tidy up. */
const endings = [
  ["SIGHUP", 1],
  ["SIGINT", 2],
  ["SIGTERM", 15],
] as const;

async function main(args: string[]): Promise<void> {
  const { verb, file, context, other } = readArguments(args);
  if (verb === "import") {
    const links = readLinks(file, readText(file));
    return importLinks(await askOurs(context), links, report);
  }
  const ask = other === undefined ? await askOurs(context) : askOther(other.from, other.keyFile);
  await writeLinks(file, exportLinks(ask, report));
  report(`The links are in ${file}`);
}

await runCommand(USAGE, main);
