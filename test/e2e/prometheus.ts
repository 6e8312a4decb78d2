import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeAddress } from "../../local/cluster/index.ts";
import { namespacePath } from "../../local/cluster/layout.ts";
import { prometheusPath } from "../support/prometheus.ts";
import { until } from "./platform.ts";

/** This machine reaches it as it reaches the node; nobody else does. */
const address = `${nodeAddress}:29090`;

export interface Target {
  labels: { job: string; pod?: string };
  health: "up" | "down" | "unknown";
  lastError: string;
}

/** A Prometheus on the local node, whence it reaches the pods. */
export class Prometheus {
  readonly folder = mkdtempSync(join(tmpdir(), "prometheus-"));
  #process: ChildProcess | undefined;
  #log = "";

  /** Writes one of the files that its configuration names. */
  file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  async start(config: object): Promise<void> {
    const program = await prometheusPath();
    const flags = [
      `--config.file=${this.file("prometheus.json", JSON.stringify(config))}`,
      `--storage.tsdb.path=${join(this.folder, "data")}`,
      `--web.listen-address=${address}`,
    ];
    const child = spawn("nsenter", [`--net=${namespacePath}`, program, ...flags]);
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
    this.#process = child;
    const ready = async () => (await fetch(`http://${address}/-/ready`)).ok;
    await until("Prometheus ready", 30, ready).catch((error: unknown) => {
      throw new Error(this.#log, { cause: error });
    });
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async targets(): Promise<Target[]> {
    const { activeTargets } = await ask<{ activeTargets: Target[] }>("targets");
    return activeTargets;
  }

  /** Names of all metrics that it has seen. */
  metrics(): Promise<string[]> {
    return ask<string[]>("label/__name__/values");
  }

  /** Names of the alerts that it would send now. */
  async firing(): Promise<string[]> {
    const { alerts } = await ask<{ alerts: Alert[] }>("alerts");
    return alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels.alertname);
  }

  /** Rules that it could not evaluate, with the reason; and how many it has not tried yet. */
  async rules(): Promise<{ pending: number; faults: string[] }> {
    const { groups } = await ask<{ groups: { rules: Rule[] }[] }>("rules");
    const rules = groups.flatMap((group) => group.rules);
    return {
      pending: rules.filter(({ health }) => health === "unknown").length,
      faults: rules.flatMap(({ name, lastError }) =>
        lastError === undefined || lastError === "" ? [] : [`${name}: ${lastError}`],
      ),
    };
  }
}

interface Alert {
  labels: { alertname: string };
  state: "pending" | "firing";
}

interface Rule {
  name: string;
  health: string;
  lastError?: string;
}

async function ask<T>(what: string): Promise<T> {
  const answer = await fetch(`http://${address}/api/v1/${what}`);
  return ((await answer.json()) as { data: T }).data;
}
