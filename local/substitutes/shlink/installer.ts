import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInitialKey, generateKey } from "./api-keys.ts";
import type { Backend } from "./backend.ts";
import { clearCache } from "./cache.ts";
import type { Config } from "./config.ts";
import { createDatabase, migrateDatabase } from "./schema.ts";

const lockSeconds = 600;

export interface Output {
  write: (text: string) => void;
  verbosity: number;
}

export interface InitFlags {
  skipInitializeDb: boolean;
  clearDbCache: boolean;
  /** False asks for none, null for a generated one. */
  initialApiKey: false | string | null;
  skipDownloadGeolite: boolean;
}

export function parseInitFlags(args: string[]): InitFlags {
  const key = args.find((arg) => arg.startsWith("--initial-api-key"));
  return {
    skipInitializeDb: args.includes("--skip-initialize-db"),
    clearDbCache: args.includes("--clear-db-cache"),
    initialApiKey: key === undefined ? false : key.split("=").slice(1).join("=") || null,
    skipDownloadGeolite: args.includes("--skip-download-geolite"),
  };
}

/** These options are what the entry point of the image puts together. */
export function entrypointFlags(config: Config): InitFlags {
  return {
    skipInitializeDb: false,
    clearDbCache: true,
    initialApiKey: config.initialApiKey === "" ? false : config.initialApiKey,
    skipDownloadGeolite: config.skipGeoliteDownload,
  };
}

/** Runs `db:create` and `db:migrate`, one at a time among everybody who shares the lock store. */
export function lockedDatabaseCommand(
  { version }: Config,
  backend: Backend,
  name: "db:create" | "db:migrate",
): Promise<string> {
  return backend.locks.hold(name, lockSeconds, async () => {
    const db = backend.openDatabase();
    try {
      return await (name === "db:create" ? createDatabase : migrateDatabase)(db, version);
    } finally {
      await db.close();
    }
  });
}

interface Step {
  start: string;
  failure: string;
  command: string;
  fatal: boolean;
  run: () => Promise<string>;
}

async function withDatabase(
  backend: Backend,
  work: (db: ReturnType<Backend["openDatabase"]>) => Promise<string>,
): Promise<string> {
  const db = backend.openDatabase();
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

function apiKeyStep(backend: Backend, key: string | null): Step {
  if (key === null) {
    return {
      start: "Generating first API key...",
      failure: "Error generating first API key.",
      command: "bin/cli api-key:generate",
      fatal: false,
      run: () =>
        withDatabase(backend, async (db) => {
          return ` [OK] Generated API key: "${await generateKey(db, undefined)}"\n`;
        }),
    };
  }
  return {
    start: "Creating first API key...",
    failure: "Error creating first API key.",
    command: `bin/cli api-key:initial ${key}`,
    fatal: false,
    run: () =>
      withDatabase(backend, async (db) => {
        await createInitialKey(db, key);
        return "";
      }),
  };
}

function steps(config: Config, backend: Backend, flags: InitFlags, home: string): Step[] {
  const database = (name: "db:create" | "db:migrate", start: string, failure: string): Step => ({
    start,
    failure,
    command: `bin/cli ${name}`,
    fatal: true,
    run: () => lockedDatabaseCommand(config, backend, name).then(() => ""),
  });
  const proxies: Step = {
    start: "Generating proxies...",
    failure: "Error generating proxies.",
    command: "bin/doctrine orm:generate-proxies",
    fatal: true,
    run: () => {
      mkdirSync(join(home, "data/proxies"), { recursive: true });
      return Promise.resolve("");
    },
  };
  const cache: Step = {
    start: "Clearing entities cache...",
    failure: "Error clearing entities cache.",
    command: "bin/doctrine orm:clear-cache:metadata",
    fatal: false,
    run: async () => {
      if (backend.redis !== null) await clearCache(backend.redis, config.cacheNamespace);
      return "";
    },
  };
  const create = database(
    "db:create",
    "Initializing database if needed...",
    "Error generating database.",
  );
  return [
    ...(flags.skipInitializeDb ? [] : [create]),
    database("db:migrate", "Updating database...", "Error updating database."),
    proxies,
    ...(flags.clearDbCache ? [cache] : []),
    ...(flags.initialApiKey === false ? [] : [apiKeyStep(backend, flags.initialApiKey)]),
  ];
}

/** One step as the installer shows it: why it failed is told at SHELL_VERBOSITY=3 only. */
async function runStep(step: Step, { write, verbosity }: Output): Promise<boolean> {
  write(step.start);
  // The real installer prints this too, API key and all.
  if (verbosity >= 1) write(` [Running "/usr/local/bin/php ${step.command}"] `);
  try {
    const output = await step.run();
    write(` Success!\n${output}`);
    return true;
  } catch (error) {
    if (verbosity >= 3) write(`\n  ERR  ${(error as Error).message}\n`);
    if (!step.fatal) {
      write(verbosity >= 1 ? " Warning!\n" : " Warning! Set SHELL_VERBOSITY=3 to see error.\n");
    } else if (verbosity === 0) {
      write(`\n\n [ERROR] ${step.failure}. Set SHELL_VERBOSITY=3 to see specific error info.\n\n`);
    }
    return !step.fatal;
  }
}

/** Every step runs, whatever became of the one before; answers with the exit code. */
export async function initialize(
  config: Config,
  backend: Backend,
  flags: InitFlags,
  home: string,
  output: Output,
): Promise<number> {
  let ok = true;
  for (const step of steps(config, backend, flags, home)) {
    ok = (await runStep(step, output)) && ok;
  }
  return ok ? 0 : 255;
}
