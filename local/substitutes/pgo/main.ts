import { KubeConfig } from "@kubernetes/client-node";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Controller } from "./controller.ts";
import { Kube } from "./kube.ts";
import { clusterDomain } from "./names.ts";
import { podExec } from "./pod-exec.ts";

function log(message: string): void {
  const time = new Date().toISOString();
  process.stdout.write(`time="${time}" level=info msg=${JSON.stringify(message)}\n`);
}

/** Empty means every namespace, as without PGO_TARGET_NAMESPACE(S). */
function targetNamespaces(env: NodeJS.ProcessEnv): string[] {
  const given = `${env.PGO_TARGET_NAMESPACE ?? ""},${env.PGO_TARGET_NAMESPACES ?? ""}`;
  const names = given.split(/[^a-z0-9-]+/i).filter((name) => name !== "");
  return names.length > 0 ? names : [""];
}

const config = new KubeConfig();
config.loadFromDefault();
const controller = new Controller(
  {
    kube: new Kube(config),
    exec: podExec(config),
    env: process.env,
    domain: clusterDomain(readFileSync("/etc/resolv.conf", "utf8")),
    log,
  },
  targetNamespaces(process.env),
);
const health = createServer((_, response) => response.end("ok")).listen(
  Number(process.env.PGO_HEALTH_PORT ?? 8081),
);
controller.start();
log("watching PostgresClusters");

async function stop(): Promise<void> {
  log("shutting down");
  setTimeout(() => process.exit(1), 20_000).unref();
  health.close();
  await controller.stop();
  process.exit(0);
}
process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());
