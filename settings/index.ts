import { z } from "zod";
import { charts } from "./charts.ts";
import { cluster } from "./cluster.ts";
import { database } from "./database.ts";
import { externalSecrets } from "./external-secrets.ts";
import { checkFrontDoor } from "./front-door.ts";
import { mesh } from "./mesh.ts";
import { observability } from "./observability.ts";
import { checkPostgresImages, pods } from "./pods.ts";
import { postgresOperator } from "./postgres-operator.ts";
import { redis } from "./redis.ts";
import { redisOperator } from "./redis-operator.ts";
import { rotation } from "./rotation.ts";
import { routing } from "./routing.ts";
import { shlink } from "./shlink/index.ts";
import { tunnels } from "./tunnels.ts";
import { vault } from "./vault.ts";
import { webClient } from "./web-client.ts";
import { inOurWords } from "./words.ts";
import { mostReplicas, workersFor } from "../platform/workers.ts";
import { settingsKey } from "../platform/project.ts";
import { Refusal } from "../platform/refusal.ts";

/** The keys of a stack file: each has its file here, but for the two that are a mere yes or no. */
const sections = z.strictObject({
  cluster,
  charts,
  pods,
  tunnels,
  mesh,
  vault,
  externalSecrets,
  postgresOperator,
  redisOperator,
  database,
  redis,
  shlink,
  routing,
  webClient: webClient.prefault({ mode: "none" }),
  observability,
  rotation,
  admissionPolicies: z
    .boolean()
    .default(true)
    .describe(
      "Whether the API server refuses at run time what the policy pack refuses at preview.",
    ),
  protectData: z
    .boolean()
    .default(true)
    .describe("Whether what holds data is protected from deletion by `pulumi destroy`."),
});

/**
 * PostgreSQL's default of 100 connections, less 3 that it keeps for superusers, and 7 for PGO, Patroni, the replicas and
 * the exporter.
 */
const connections = 90;

/** How many connections PHP workers may have, and how there could be more. */
function connectionsOf(database: z.infer<typeof sections>["database"]) {
  if (database.mode === "outside")
    return { most: database.connections, remedy: "database.connections higher" };
  const pooled = database.pgBouncer.mode !== "none";
  return { most: pooled ? Infinity : connections, remedy: "database.pgBouncer on" };
}

/** Rules between settings of different sections. */
function checkTogether(settings: z.infer<typeof sections>, context: z.RefinementCtx) {
  const { shlink, database, redis, observability, mesh, ...operators } = settings;
  const refuse = (path: string[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const { web, task } = workersFor(shlink.memory, shlink.workerMemory);
  // A rollout runs one pod more.
  const pods = mostReplicas(shlink) + 1;
  const needed = pods * (web + task);
  const { realTimeUpdates: updates } = shlink;
  const { most, remedy } = connectionsOf(database);
  if (needed > most)
    refuse(
      [
        "shlink",
        ...(shlink.autoscaling.mode === "none" ? ["replicas"] : ["autoscaling", "maximum"]),
      ],
      `must be lower, or shlink.memory, or ${remedy}: a rollout's ${pods} pods run ` +
        `${needed} PHP workers, and PostgreSQL takes ${most} connections of them`,
    );
  if (settings.vault.mode === "none" && settings.externalSecrets.mode === "existing")
    refuse(["externalSecrets", "mode"], "must be left out with vault.mode none: nothing is copied");
  if (mesh.mode === "existing" && observability.mode === "monitors")
    checkForeignMesh(observability, refuse);
  if (redis.mode === "outside" && redis.servers.mode === "cluster" && updates.redis)
    refuse(
      ["shlink", "realTimeUpdates", "redis"],
      "must be false with redis.servers.mode cluster: Shlink publishes nothing in a Redis Cluster",
    );
  for (const [part, needless] of [
    ["postgresOperator", database],
    ["redisOperator", redis],
  ] as const)
    if (needless.mode === "outside" && operators[part].mode === "existing")
      refuse([part, "mode"], "must be left out: with what is outside nobody needs the operator");
  if (database.mode === "outside") return;
  if (database.postgresVersion > 17 && observability.mode === "monitors")
    refuse(
      ["database", "postgresVersion"],
      "must be at most 17 with observability.mode monitors: PGO 6.0 runs no exporter of metrics for PostgreSQL 18",
    );
}

function checkKeys({ shlink, routing }: z.infer<typeof sections>, context: z.RefinementCtx) {
  for (const [name, { domain }] of Object.entries(shlink.apiKeys ?? {}))
    if (domain === routing.hosts[0])
      context.addIssue({
        code: "custom",
        path: ["shlink", "apiKeys", name, "domain"],
        message:
          "must not be the first of routing.hosts, the default domain: Shlink restricts no key to that",
      });
}

/** What somebody else runs, he gives other secrets. */
function checkRotation(settings: z.infer<typeof sections>, context: z.RefinementCtx) {
  const { rotation, vault, routing } = settings;
  const refuse = (name: keyof typeof rotation, why: string) => {
    if (rotation[name] === undefined) return;
    context.addIssue({
      code: "custom",
      path: ["rotation", name],
      message: `must be left out ${why}`,
    });
  };
  for (const name of ["database", "redis"] as const)
    if (settings[name].mode === "outside") refuse(name, `with ${name}.mode outside: ask its owner`);
  const own = vault.mode === "install" && vault.tls.mode === "internal";
  if (!own && routing.tls.mode !== "internal")
    refuse("certificates", "where the program makes none: vault.tls.mode and routing.tls.mode");
}

/** What would have to be written into the configuration of a mesh that is not this stack's. */
function checkForeignMesh(
  { tracing, addons }: Extract<z.infer<typeof observability>, { mode: "monitors" }>,
  refuse: (path: string[], message: string) => void,
): void {
  const why = "with mesh.mode existing: the mesh's own configuration says where traces go";
  if (tracing !== undefined) refuse(["observability", "tracing"], `must be left out ${why}`);
  for (const name of ["jaeger", "kiali"] as const)
    if (addons[name].mode === "chart")
      refuse(["observability", "addons", name, "mode"], `must not be chart ${why}`);
}

export const schema = sections
  .superRefine(checkTogether)
  .superRefine(checkKeys)
  .superRefine(checkRotation)
  .superRefine(checkFrontDoor)
  .superRefine(checkPostgresImages);

/** Everything in which two stacks can differ. */
export type Settings = z.infer<typeof schema>;

/**
 * Checks the settings of one stack file. Pure, so that each rule is tested without an engine.
 * @throws Refusal naming the file, the path and what was expected.
 */
export function parseSettings(file: string, raw: unknown): Settings {
  const parsed = schema.safeParse(raw, { error: inOurWords });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${pathOf(issue)}: ${expectation(issue)}`);
  throw new Refusal(`${file}: ${settingsKey} is not valid:\n${faults.join("\n")}`);
}

function pathOf(issue: z.core.$ZodIssue): string {
  return issue.path.length === 0 ? "settings" : issue.path.join(".");
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys")
    return `does not know ${issue.keys.join(", ")}; remove or correct it`;
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}
