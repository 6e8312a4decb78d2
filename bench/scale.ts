import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";
import { applyAsAdministrator } from "../local/cluster/index.ts";
import type { KubeObject } from "../local/lib/kube.ts";
import { chartMirror, repository } from "../local/lib/paths.ts";
import { run } from "../local/lib/run.ts";
import { prepare } from "../local/stack/prepare.ts";
import { toolFolder } from "../local/toolchain/index.ts";
import { charts } from "../platform/charts.ts";
import { settingsKey } from "../platform/project.ts";
import { measure } from "./measure.ts";
import { withFakeNode } from "./nodes.ts";
import { type Benchmark, compared, type Comparison } from "./pairs.ts";
import { type Point, slope } from "./slope.ts";
import { type Bed, withApplications } from "./stacks.ts";

const sizes = [1, 3, 10, 30, 100];
const nothing = ["--expect-no-changes"];
const now = ["--yes", "--skip-preview"];

/** What is done with so many applications, in this order; the first one's rate of redirects is the change. */
const operations = [
  { name: "preview", word: "preview", args: [], redirects: 200 },
  { name: "first up", word: "up", args: now, redirects: 200 },
  { name: "no-op preview", word: "preview", args: nothing, redirects: 200 },
  { name: "one change", word: "up", args: now, redirects: 201 },
  { name: "destroy", word: "destroy", args: now, redirects: 201 },
] as const;

const note =
  "Applications: the database is outside, with the Job that makes its account; secrets are in the state; all pods are on a node " +
  "that KWOK plays, and every wait of the program stays. The state is written once at the end (`PULUMI_SKIP_CHECKPOINTS`): the file " +
  "backend would else write the whole of it after each step, which grows with the square.";

const lines = operations.map(({ name }) => ({
  name: `${name} of 1, 3, 10, 30, 100 applications on one platform: slope of log time over log number, time of 100 / of 1`,
  goals: { slope: 1.1 },
  note,
}));

/**
 * Program, engine and API server with many applications: a database outside with its account, Redis, Shlink, routes, a page,
 * and their secrets. Their pods are on a node that does not exist and are ready at once; no operator and no mesh runs.
 */
export const scale: Benchmark = {
  needs: "no cluster",
  lines,
  minutes: { own: 21, base: 0 },
  measure: async () => {
    const { kubeconfig } = await prepare(console.log);
    await applyAsAdministrator(await definitions());
    const settings = await stackFile();
    return withFakeNode(kubeconfig, () => withApplications(settings, measureAll));
  },
};

async function measureAll(bed: Bed): Promise<Comparison[]> {
  const points: Point[][] = operations.map(() => []);
  for (const size of sizes)
    for (const [index, { word, args, redirects }] of operations.entries()) {
      const env = {
        BENCH_APPLICATIONS: String(size),
        BENCH_REDIRECTS: String(redirects),
        // The file backend writes the whole state after each step: without this it is the square that is measured.
        PULUMI_SKIP_CHECKPOINTS: "true",
      };
      const { seconds } = await measure(bed.command(word, [...args], env));
      console.log(`  ${size} applications: ${operations[index]?.name} ${seconds.toFixed(1)} s`);
      points[index]?.push({ size, seconds });
    }
  return lines.map((line, index) => {
    const of = points[index] ?? [];
    const [one, most] = [of.at(0), of.at(-1)].map((point) => point?.seconds ?? Number.NaN);
    return compared(line, [{ seconds: most, slope: slope(of) }], [{ seconds: one, slope: 1 }]);
  });
}

/** Makes the text of a stack file with dev's settings, without what needs a Vault or an operator that runs. */
export async function stackFile(): Promise<string> {
  const text = await readFile(join(repository, "Pulumi.dev.yaml"), "utf8");
  const { config } = parse(text) as { config: Record<string, object> };
  const database = {
    mode: "outside",
    host: "db.example.com",
    networks: ["10.20.0.0/24"],
    tls: { mode: "plaintext" },
    admin: { secretName: "db-admin" },
  };
  const settings = { ...config[settingsKey], vault: { mode: "none" }, database };
  return stringify({ config: { ...config, [settingsKey]: settings } });
}

/** The definitions of what applications are made of, out of the charts that bring them. */
async function definitions(): Promise<KubeObject[]> {
  const helm = join(await toolFolder("kubectl", console.log), "helm");
  const found = [charts.istioBase, charts.redisOperator].map(async ({ name, version }) => {
    const file = join(chartMirror, `${name}-${version}.tgz`);
    const text = await run(helm, ["template", "--include-crds", "bench", file]);
    return parseAllDocuments(text).map((document) => document.toJS() as KubeObject | null);
  });
  const all = (await Promise.all(found)).flat().filter((object) => object !== null);
  return all.filter(({ kind }) => kind === "CustomResourceDefinition");
}
