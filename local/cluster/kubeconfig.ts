import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { publishPrivateFile } from "../lib/publish.ts";
import { apiServer, clusterName, type Layout } from "./layout.ts";

export interface Credentials {
  authority: string;
  certificate: string;
  key: string;
}

/** Makes a kubeconfig as JSON, which every reader of YAML takes. */
export function kubeconfig(user: string, credentials: Credentials): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const cluster = {
    server: apiServer,
    "certificate-authority-data": base64(credentials.authority),
  };
  const client = {
    "client-certificate-data": base64(credentials.certificate),
    "client-key-data": base64(credentials.key),
  };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": clusterName,
    clusters: [{ name: clusterName, cluster }],
    users: [{ name: user, user: client }],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user } }],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

async function readCredentials(layout: Layout, name: string): Promise<Credentials> {
  const read = (file: string) => readFile(join(layout.pki, file), "utf8");
  const [authority, certificate, key] = await Promise.all([
    read("ca.crt"),
    read(`${name}.crt`),
    read(`${name}.key`),
  ]);
  return { authority, certificate, key };
}

const componentUsers = ["controller-manager", "scheduler", "node", "kube-proxy", "kube-router"];

export function componentKubeconfig(layout: Layout, name: string): string {
  return join(layout.config, `${name}.kubeconfig`);
}

/** Writes the person's kubeconfig and one for each component that speaks to the API server. */
export async function writeKubeconfigs(layout: Layout): Promise<void> {
  for (const name of componentUsers) {
    const text = kubeconfig(name, await readCredentials(layout, name));
    await writeFile(componentKubeconfig(layout, name), text, { mode: 0o600 });
  }
  const admin = kubeconfig("admin", await readCredentials(layout, "admin"));
  await publishPrivateFile(layout.kubeconfig, admin);
}
