import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { buildCharts } from "../../local/charts/index.ts";
import { moduleFiles, toolFolder } from "../../local/toolchain/index.ts";
import { type ChartName, locate } from "../../platform/charts.ts";
import { temporaryFolder } from "../local/images/temporary.ts";

/** An object as a chart makes it. */
export interface Rendered {
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  spec?: Record<string, unknown>;
}

const report = (line: string) => process.stderr.write(`${line}\n`);

let mirror: Promise<string> | undefined;

/** Packs every chart that can be had from module registries, once for all tests of a process. */
async function buildMirror(): Promise<string> {
  const folder = temporaryFolder();
  await buildCharts(folder, { moduleFolder: (name) => moduleFiles(name) });
  return folder;
}

/** Helm's rendering of a release's chart with its values, hooks included. */
export async function renderChart(
  chart: ChartName,
  release: { name: string; namespace: string; values?: object },
): Promise<Rendered[]> {
  return renderFolder(locate(chart, { mirror: await (mirror ??= buildMirror()) }).chart, release);
}

/** The same for a chart in a folder or a file. */
export async function renderFolder(
  chart: string,
  { name, namespace, values = {} }: { name: string; namespace: string; values?: object },
): Promise<Rendered[]> {
  const helm = join(await toolFolder("kubectl", report), "helm");
  const args = ["template", name, chart, "--namespace", namespace, "--values", "-"];
  const text = execFileSync(helm, args, {
    input: stringify(values),
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  return parseAllDocuments(text)
    .flatMap((document) => (document.toJS() as Rendered | null) ?? [])
    .map((object) => ({ ...object, metadata: { namespace, ...object.metadata } }));
}
