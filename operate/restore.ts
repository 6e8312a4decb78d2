import { parseArgs } from "node:util";
import { loginOf } from "../components/database/login.ts";
import { runCommand } from "../outside/command.ts";
import { pulumiCli } from "./pulumi.ts";
import { restoreDatabase } from "./restore-database.ts";
import { openTools } from "./tools.ts";

const USAGE = `Usage: npm run restore -- --to-time TIME|--to-end [--overwrite] [--no-up] [--stack NAME] [-- ARGUMENTS OF PULUMI UP]
  Takes PostgreSQL back to a moment: looks whether the archive has it and what would be lost, writes database.restore into the
  stack file, runs pulumi up, and tells how it goes. Without --overwrite it only looks.
  --to-time    a time with its zone, such as "2026-01-31 12:00:00+00"
  --to-end     the end of the archive
  --overwrite  replace the data of the servers
  --no-up      write the stack file, and leave pulumi up to you or to your pipeline
  --stack      the stack; default: the one that is selected`;

function readArguments(args: string[]) {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const { values } = parseArgs({
    args: args.slice(0, end),
    options: {
      "to-time": { type: "string" },
      "to-end": { type: "boolean", default: false },
      overwrite: { type: "boolean", default: false },
      "no-up": { type: "boolean", default: false },
      stack: { type: "string" },
    },
  });
  const target = values["to-time"];
  if ((target !== undefined) !== values["to-end"])
    return { ...values, target, more: args.slice(end + 1) };
  throw new Error(USAGE);
}

async function main(args: string[]): Promise<void> {
  const { target, overwrite, "no-up": noUp, stack, more } = readArguments(args);
  // The settings take a second to load, which a wrong argument is spared.
  const { parseSettings } = await import("../settings/index.ts");
  const pulumi = pulumiCli(stack, more);
  const raw = await pulumi.settings();
  const database = (raw["database"] ?? {}) as { mode?: string; rotation?: number };
  if (database.mode === "outside")
    throw new Error("The database is somebody else's, and so are its backups: ask its owner.");
  const id = `restore-${new Date()
    .toISOString()
    .replace(/[-:]|\.\d+/g, "")
    .toLowerCase()}`;
  const restore = { mode: "inPlace", id, ...(target !== undefined && { target }) };
  const settings = parseSettings("The stack file with this restore", {
    ...raw,
    database: { ...database, restore },
  });
  const tools = await openTools(settings.cluster.context, pulumi);
  const login = loginOf(database.rotation ?? 0);
  await restoreDatabase({ id, target, overwrite, noUp, login }, tools);
}

await runCommand(USAGE, main);
