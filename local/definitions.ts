import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { connect, hasCondition, objectPath, type KubeObject } from "./cluster/api.ts";
import { defaultStateDir } from "./cluster/index.ts";
import { readCredentials } from "./cluster/kubeconfig.ts";
import { layoutOf } from "./cluster/layout.ts";
import { waitUntil } from "./cluster/wait.ts";
import { moduleFiles } from "./toolchain/index.ts";

/** What production's monitors and rules are. */
const kinds = ["podmonitors", "probes", "prometheusrules"];

/**
 * The Prometheus operator's definitions without the operator: the API server keeps monitors and rules, and nobody
 * acts on them. A Prometheus of the test reads them instead (test/e2e/metrics.ts).
 */
export async function installMonitorDefinitions(stateDir = defaultStateDir()): Promise<void> {
  const definitions = await monitorDefinitions();
  const api = connect(await readCredentials(layoutOf(stateDir), "admin"));
  try {
    for (const definition of definitions) {
      await api.apply(definition);
      const established = () => hasCondition(api, objectPath(definition), "Established");
      await waitUntil(`Acceptance of ${definition.metadata.name}`, 30, established);
    }
  } finally {
    api.close();
  }
}

/** As the operator's own release publishes them. */
export async function monitorDefinitions(): Promise<KubeObject[]> {
  const folder = join(await moduleFiles("prometheus-operator"), "example/prometheus-operator-crd");
  const files = kinds.map((kind) => join(folder, `monitoring.coreos.com_${kind}.yaml`));
  return Promise.all(files.map(async (file) => parse(await readFile(file, "utf8")) as KubeObject));
}
