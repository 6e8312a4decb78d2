import type * as pulumi from "@pulumi/pulumi";
import { certify, type IssuedCertificate } from "../authority/certificate.ts";
import { workloads } from "../../platform/workloads.ts";
import { podNames, releaseName } from "./names.ts";
import type { VaultServerArgs, VaultTls, VaultTlsSetting } from "./types.ts";

export const servedTls = (setting: VaultTlsSetting): VaultTls =>
  setting.mode === "internal" ? { mode: "secret", secretName: "vault-server-tls" } : setting;

export const scheme = (tls: VaultTls) => (tls.mode === "plaintext" ? "http" : "https");

const { namespace } = workloads.vault;

/** Issues the servers' certificate, where this program makes it. */
export function serverCertificate(
  args: Pick<VaultServerArgs, "tls" | "authority" | "namespace" | "replicas">,
  opts: pulumi.ComponentResourceOptions,
): IssuedCertificate | undefined {
  const served = servedTls(args.tls);
  if (served.mode === "plaintext") return undefined;
  const request = {
    namespace: args.namespace,
    secretName: served.secretName,
    dnsNames: serverNames(args.replicas),
    ipAddresses: ["127.0.0.1", "::1"],
  };
  return certify("vault-server", args.tls, args.authority, request, opts);
}

/**
 * Names of the servers, of one and of all, from their own pod to another namespace. Each by itself: some clients,
 * Node among them, refuse a wildcard right above one label.
 */
const serverNames = (replicas: number) => [
  ...namesOf(releaseName),
  ...podNames(replicas).flatMap((pod) => namesOf(`${pod}.${releaseName}-internal`)),
  "localhost",
];

const namesOf = (service: string) =>
  ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map(
    (end) => `${service}${end}`,
  );

/** Where a server finds its certificate. */
const folder = "/vault/tls";
const authorityFile = `${folder}/ca.crt`;

/** The lines of a listener's stanza. */
export function listenerTls(tls: VaultTls): string {
  if (tls.mode === "plaintext") return "  tls_disable = 1\n";
  return `  tls_cert_file = "${folder}/tls.crt"
  tls_key_file = "${folder}/tls.key"
  tls_client_ca_file = "${authorityFile}"
  tls_min_version = "tls12"
`;
}

/** The line of a `retry_join` stanza by which a server trusts the one that it joins. */
export const joinTls = (tls: VaultTls) =>
  tls.mode === "plaintext" ? "" : `    leader_ca_cert_file = "${authorityFile}"\n`;

/** The values of the chart by which a server's own command line trusts it. */
export const clientValues = (tls: VaultTls) =>
  tls.mode === "plaintext" ? {} : { extraEnvironmentVars: { VAULT_CACERT: authorityFile } };

/** The server's volume with its certificate and key. */
export function serverVolume(tls: VaultTls) {
  if (tls.mode === "plaintext") return { volumes: [], volumeMounts: [] };
  return {
    volumes: [{ name: "tls", secret: { secretName: tls.secretName } }],
    volumeMounts: [{ name: "tls", mountPath: folder, readOnly: true }],
  };
}

const clientFolder = "/tls";

/** What a client's pod needs: the authority, never the server's private key. */
export function authorityVolume(tls: VaultTls) {
  if (tls.mode === "plaintext") return { volumes: [], volumeMounts: [], file: undefined };
  const items = [{ key: "ca.crt", path: "ca.crt" }];
  return {
    volumes: [{ name: "tls", secret: { secretName: tls.secretName, items } }],
    volumeMounts: [{ name: "tls", mountPath: clientFolder, readOnly: true }],
    file: `${clientFolder}/ca.crt`,
  };
}
