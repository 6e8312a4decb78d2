import type { VaultTls } from "./types.ts";
import { workloads } from "../../platform/workloads.ts";

const { namespace } = workloads.vault;

/** The name of the release; the chart gives it to the StatefulSet and the Services, too. */
export const releaseName = "vault";
/** Where a server finds its certificate. */
export const certificates = "/vault/tls";

/**
 * Names of the servers, of one and of all, from their own pod to another namespace. Each by itself: some clients,
 * Node among them, refuse a wildcard right above one label.
 */
export const serverNames = (replicas: number) => [
  ...below(releaseName),
  ...podNames(replicas).flatMap((pod) => below(`${pod}.${releaseName}-internal`)),
  "localhost",
];

function below(name: string): string[] {
  return ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map(
    (end) => `${name}${end}`,
  );
}

export const scheme = (tls: VaultTls) => (tls.mode === "plaintext" ? "http" : "https");
export const podNames = (replicas: number) =>
  Array.from({ length: replicas }, (_, index) => `${releaseName}-${index}`);
