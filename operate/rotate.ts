import { parseArgs } from "node:util";
import type { Settings } from "../settings/index.ts";
import { runCommand } from "../outside/command.ts";
import { pulumiCli } from "./pulumi.ts";
import { openTools, type Tools } from "./tools.ts";

const USAGE = `Usage: npm run rotate -- database|redis|api-key|certificates [--keep-old] [--stack NAME] [-- ARGUMENTS OF PULUMI UP]
  Makes a new value where the old one came from, lets both be valid until all have changed over, and ends with a login.
  Interrupted at any step, it is run again.
  --keep-old  leaves the old API key valid, and says how it is disabled
  --stack     the stack; default: the one that is selected`;

type Rotation = (tools: Tools, settings: Settings, keepOld: boolean) => Promise<void>;

/** The rotations; each is loaded when it is asked for. */
const rotations: Record<string, Rotation> = {
  database: async (tools, { database }) => {
    if (database.mode === "outside")
      throw new Error(
        "The database is somebody else's: pulumi up --replace '**RandomPassword::db-password' gives Shlink's user another password.",
      );
    await (await import("./rotations/database.ts")).rotateDatabase(tools, database.rotation);
  },
  redis: async (tools, { redis }) => {
    if (redis.mode === "outside")
      throw new Error(
        "Redis is somebody else's: get another password from its owner, then pulumi config set --secret redisPassword, and pulumi up.",
      );
    await (await import("./rotations/redis.ts")).rotateRedis(tools);
  },
  "api-key": async (tools, { shlink: { basePath = "" } }, keepOld) =>
    (await import("./rotations/api-key.ts")).rotateApiKey(tools, { basePath, keepOld }),
  certificates: async (tools, settings) =>
    (await import("./rotations/certificates.ts")).rotateCertificates(tools, settings),
};

function readArguments(args: string[]) {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const { values, positionals } = parseArgs({
    args: args.slice(0, end),
    options: { "keep-old": { type: "boolean", default: false }, stack: { type: "string" } },
    allowPositionals: true,
  });
  const [name = "", ...stray] = positionals;
  const rotation = Object.hasOwn(rotations, name) ? rotations[name] : undefined;
  const misplaced = values["keep-old"] && name !== "api-key";
  if (rotation !== undefined && stray.length === 0 && !misplaced)
    return {
      rotation,
      keepOld: values["keep-old"],
      stack: values.stack,
      more: args.slice(end + 1),
    };
  throw new Error(USAGE);
}

async function main(args: string[]): Promise<void> {
  const { rotation, keepOld, stack, more } = readArguments(args);
  // The settings take a second to load, which a wrong argument is spared.
  const { parseSettings } = await import("../settings/index.ts");
  const pulumi = pulumiCli(stack, more);
  const settings = parseSettings("The stack file", await pulumi.settings());
  await rotation(await openTools(settings.cluster.context, pulumi), settings, keepOld);
}

await runCommand(USAGE, main);
