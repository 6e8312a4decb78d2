import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { KubeObject } from "../lib/kube.ts";
import { moduleFiles } from "../toolchain/index.ts";

/** Production's monitors and rules are of these kinds. */
const kinds = ["podmonitors", "probes", "prometheusrules"];

/**
 * The Prometheus operator's definitions without the operator: the API server keeps monitors and rules, and nobody
 * acts on them. A Prometheus of the test reads them instead (test/e2e/metrics.ts).
 */
export async function monitorDefinitions(): Promise<KubeObject[]> {
  const folder = join(await moduleFiles("prometheus-operator"), "example/prometheus-operator-crd");
  const files = kinds.map((kind) => join(folder, `monitoring.coreos.com_${kind}.yaml`));
  return Promise.all(files.map(async (file) => parse(await readFile(file, "utf8")) as KubeObject));
}
