import { createInitialKey, deleteKey, disableKey, generateKey, listKeys } from "./api-keys.ts";
import type { Backend } from "./backend.ts";
import type { Config } from "./config.ts";
import type { Database } from "./database.ts";
import { formatValue, knownVariables, readVariable, type Env } from "./env.ts";
import { parseCreation } from "./input.ts";
import { lockedDatabaseCommand, type Output } from "./installer.ts";
import { atomDate, pageOf } from "./serialize.ts";
import type { Services } from "./services.ts";
import { listShortUrls } from "./short-url-list.ts";
import { createShortUrl } from "./short-urls.ts";

interface Invocation {
  config: Config;
  backend: Backend;
  env: Env;
  args: string[];
  services: Services;
  db: Database;
  output: Output;
}

type Command = (invocation: Invocation) => Promise<number>;

/** `--name value`, `--name=value` or `-m value`. */
function option(args: string[], ...names: string[]): string | undefined {
  const at = args.findIndex((arg) => names.includes(arg.split("=")[0] ?? ""));
  const [, inline] = /=(.*)$/s.exec(args[at] ?? "") ?? [];
  return at < 0 ? undefined : (inline ?? args[at + 1]);
}

const positional = (args: string[]) => args.find((arg) => !arg.startsWith("-"));

function required(args: string[], name: string): string {
  const value = positional(args);
  if (value === undefined) throw new Error(`Not enough arguments (missing: "${name}").`);
  return value;
}

const databaseCommand =
  (name: "db:create" | "db:migrate"): Command =>
  async ({ config, backend, output }) => {
    output.write(` [OK] ${await lockedDatabaseCommand(config, backend, name)}\n`);
    return 0;
  };

const notFound = (name: string) => new Error(`API key with name "${name}" not found`);

const commands: Record<string, Command> = {
  "db:create": databaseCommand("db:create"),
  "db:migrate": databaseCommand("db:migrate"),
  "env-var:read": ({ env, args, output }) => {
    const name = required(args, "env-var");
    if (!knownVariables.has(name)) {
      throw new Error(`${name} is not a valid Shlink environment variable`);
    }
    output.write(`${formatValue(readVariable(env, name))}\n`);
    return Promise.resolve(0);
  },
  "api-key:initial": async ({ db, args, output }) => {
    const created = await createInitialKey(db, required(args, "apiKey"));
    if (!created && output.verbosity >= 1) {
      output.write("Other API keys already exist. Initial API key creation skipped.\n");
    }
    return 0;
  },
  "api-key:generate": async ({ db, args, output }) => {
    const key = await generateKey(db, option(args, "--name", "-m"));
    output.write(` [OK] Generated API key: "${key}"\n`);
    return 0;
  },
  "api-key:list": async ({ db, output }) => {
    for (const row of await listKeys(db)) {
      const state = row.enabled === true ? "enabled" : "disabled";
      const expires = atomDate(row.expiration_date) ?? "-";
      output.write(`| ${(row.name as string | null) ?? "-"} | ${state} | ${expires} | Admin |\n`);
    }
    return 0;
  },
  "api-key:disable": async ({ config, db, args, output }) => {
    const name = required(args, "name");
    // 4.6 takes the key itself unless told otherwise, 5 the name only.
    const byName = !config.version.startsWith("4.") || args.includes("--by-name");
    if ((await disableKey(db, name, byName)) === 0) throw notFound(name);
    output.write(` [OK] API key "${name}" properly disabled\n`);
    return 0;
  },
  "api-key:delete": async ({ db, args, output }) => {
    const name = required(args, "name");
    if ((await deleteKey(db, name)) === 0) throw notFound(name);
    output.write(` [OK] API key "${name}" properly deleted\n`);
    return 0;
  },
  "short-url:create": async ({ config, services, args, output }) => {
    const body = {
      longUrl: required(args, "longUrl"),
      customSlug: option(args, "--custom-slug", "-c"),
      domain: option(args, "--domain", "-d"),
      findIfExists: args.includes("--find-if-exists") || args.includes("-f"),
    };
    const made = await createShortUrl(services, parseCreation(body, config), null);
    output.write(`Processed long URL: ${String(made.longUrl)}\n`);
    output.write(`Generated short URL: ${made.shortUrl}\n`);
    return 0;
  },
  "short-url:list": async ({ services, output }) => {
    const { data } = await listShortUrls(services, {}, pageOf(null, null));
    for (const { shortCode, shortUrl, longUrl } of data) {
      output.write(`| ${String(shortCode)} | ${shortUrl} | ${String(longUrl)} |\n`);
    }
    return 0;
  },
};

export async function runCli(
  config: Config,
  backend: Backend,
  env: Env,
  argv: string[],
  output: Output,
): Promise<number> {
  const name = positional(argv) ?? "list";
  const command = commands[name];
  if (name === "list") {
    output.write(`Shlink ${Object.keys(commands).join(" ")}\n`);
    return 0;
  }
  if (command === undefined) {
    output.write(`\n  Command "${name}" is not defined.\n\n`);
    return 1;
  }
  const args = argv.slice(argv.indexOf(name) + 1);
  const db = backend.openDatabase();
  const services = { config, db, locks: backend.locks, cache: backend.cache };
  try {
    return await command({ config, backend, env, args, services, db, output });
  } catch (error) {
    output.write(`\n  ${(error as Error).message}\n\n`);
    return 1;
  } finally {
    await db.close();
  }
}
