import { parseArgs } from "node:util";
import type { Settings } from "../settings/index.ts";
import { refuseMore, report, runCommand, WrongArguments } from "../effects/command.ts";
import { isDue, scheduled, standing } from "./due.ts";
import { type Pulumi, pulumiCli } from "./pulumi.ts";
import { openStackTools, type Tools } from "./tools.ts";

const USAGE = `Usage: npm run rotate -- database|redis|api-key|certificates|vault-admin [--keep-old] [--stack NAME] [-- ARGUMENTS OF PULUMI UP]
       npm run rotate -- due [--dry-run] [--stack NAME] [-- ARGUMENTS OF PULUMI UP]
  Makes a new value where the old one came from, lets both be valid until all have changed over, and ends with a login.
  Interrupted at any step, it is run again.
  due         each kind whose value is older than the setting rotation says, one after another
  --dry-run   only tells how old they are
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
  "vault-admin": async (tools, settings) =>
    (await import("./rotations/vault-admin.ts")).rotateVaultAdmin(tools, settings),
};

const options = {
  "keep-old": { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  stack: { type: "string" },
} as const;

function readArguments(args: string[]) {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const own = args.slice(0, end);
  const { values, positionals } = parseArgs({ args: own, options, allowPositionals: true });
  const [kind = "", ...stray] = positionals;
  const { "keep-old": keepOld, "dry-run": dryRun, stack } = values;
  if (kind !== "due" && !Object.hasOwn(rotations, kind))
    throw new WrongArguments(
      `Say what is to be rotated, one of ${Object.keys(rotations).join(", ")} and due: "${kind}" is none.`,
    );
  refuseMore(stray);
  if (keepOld && kind !== "api-key") throw new WrongArguments("--keep-old is for api-key only.");
  if (dryRun && kind !== "due") throw new WrongArguments("--dry-run is for due only.");
  return { kind, keepOld, dryRun, stack, more: args.slice(end + 1) };
}

async function main(args: string[]): Promise<void> {
  const { kind, keepOld, dryRun, stack, more } = readArguments(args);
  // The settings take a second to load, which a wrong argument is spared.
  const { parseSettings } = await import("../settings/index.ts");
  const pulumi = pulumiCli(stack, more);
  const settings = parseSettings("The stack file", await pulumi.settings());
  const kinds = kind === "due" ? await tellDue(pulumi, settings) : [kind];
  if (dryRun || kinds.length === 0) return;
  const tools = await openStackTools(settings.cluster.context, pulumi);
  for (const one of kinds) await rotations[one]?.(tools, settings, keepOld);
}

/** The kinds that are due; how old each is that has a schedule is told. */
async function tellDue(pulumi: Pulumi, { rotation }: Settings): Promise<string[]> {
  const all = scheduled(rotation, await pulumi.made(), new Date());
  for (const one of all) report(standing(one));
  return all.filter(isDue).map(({ kind }) => kind);
}

await runCommand(USAGE, main);
