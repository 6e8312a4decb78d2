import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../effects/cluster.ts";
import type { HttpAnswer, HttpRequest } from "../../effects/http.ts";
import { runtimePath } from "../../platform/project.ts";
import { deployer } from "./bootstrap.ts";
import type { VaultTls } from "./types.ts";
import { selectorText, workloads, serviceHost } from "../../platform/workloads.ts";
import { releaseName } from "./names.ts";
import { Refusal } from "../../platform/refusal.ts";

export interface SessionArgs {
  cluster: Cluster;
  tls: VaultTls;
  /** Loopback port of the tunnel. */
  localPort: number;
}

/** An open tunnel with a logged-in deployer. */
export interface Session {
  /** Authority of Vault's certificate as PEM; absent when Vault speaks plaintext. */
  ca?: string;
}

const { namespace, labels, ports } = workloads.vault;
/** The name by which the deployer knows the servers' certificate. */
const serverName = serviceHost("vault", releaseName);
export const tokenFile = "vault-token";
export const caFile = "vault-ca.crt";

/** Options of the vault provider, whoever runs the Vault. */
export const providerOptions = {
  // The token is short-lived already; a child of it would need the right to make tokens.
  skipChildToken: true,
  // While servers elect another leader, each request fails: the provider waits 1 to 1.5 s longer each time, 15 s at least in all.
  maxRetries: 5,
  // The SDK would else take VAULT_SKIP_VERIFY of whoever runs the program for an answer.
  skipTlsVerify: false,
};

/** The inputs of the vault provider; nothing in them changes from run to run. */
export const providerInputs = ({ tls, localPort }: Omit<SessionArgs, "cluster">) => ({
  address: `${tls.mode === "plaintext" ? "http" : "https"}://127.0.0.1:${localPort}`,
  authLoginTokenFile: { filename: runtimePath(tokenFile) },
  ...providerOptions,
  ...(tls.mode === "secret" ? { caCertFile: runtimePath(caFile), tlsServerName: serverName } : {}),
});

/** Opens the tunnel, logs the deployer in, and leaves the token where the provider reads it. */
export async function openSession(args: SessionArgs): Promise<Session> {
  const { ca, token } = await enter(args);
  args.cluster.file(tokenFile, token);
  return { ca };
}

async function enter(args: SessionArgs): Promise<Session & { token: string }> {
  const { cluster, tls, localPort } = args;
  const ca =
    tls.mode === "secret" ? (await cluster.secret(namespace, tls.secretName))["ca.crt"] : undefined;
  if (ca !== undefined) cluster.file(caFile, ca);
  await cluster.tunnel({
    localPort,
    namespace,
    selector: selectorText(labels),
    port: ports.api,
    setting: "tunnels.vault",
  });
  const jwt = await cluster.accountToken(namespace, deployer.account, deployer.audience);
  return { ca, token: await login(args, jwt, ca) };
}

/** This sends a request to a path of Vault's API. */
export type AskVault = (path: string, request: HttpRequest) => Promise<HttpAnswer>;

/** What Vault makes once only, by the resource's type, with the list in which Vault has it and its name there. */
const madeOnce = {
  Mount: ["sys/mounts", "secret"],
  AuthBackend: ["sys/auth", "kubernetes"],
  Audit: ["sys/audit", "file"],
} as const;

export type MadeOnce = keyof typeof madeOnce;

const [auditList, auditName] = madeOnce.Audit;

/** Whether the state says that Vault logs every request to a file. */
export const knowsAudit = async (cluster: Cluster) =>
  (await cluster.state()).made?.has(`Audit ${auditName}`) === true;

/**
 * Has Vault end the log that the settings want no more, before a server starts without its volume: it could not write the log,
 * and would answer nothing. The engine would come too late, when the program has ended, and its tunnel with it.
 */
export async function endAudit(args: SessionArgs): Promise<void> {
  if (pulumi.runtime.isDryRun()) return;
  const { ca, token } = await enter(args);
  const request = { method: "DELETE" as const, headers: { "x-vault-token": token } };
  const answer = await ask(args, `${auditList}/${auditName}`, request, ca);
  if (answer.status >= 200 && answer.status < 300) return;
  throw new Refusal(
    `Vault does not end its audit log, which vault.audit.mode wants no more: ${reasonOf(answer)}.`,
  );
}

/**
 * Tells what is inside of Vault although the state does not know it: an `up` was interrupted there, or the state was lost.
 * Vault would refuse to make it again. A Vault that lets nobody in yet has none of it.
 */
export async function foundInside(args: SessionArgs): Promise<MadeOnce[]> {
  const places = Object.entries(madeOnce).map(([kind, [, name]]) => `${kind} ${name}`);
  const missing = await args.cluster.unrecorded(namespace, places);
  if (missing.length === 0) return [];
  const session = await enter(args).catch(() => undefined);
  if (session === undefined) return [];
  const headers = { "x-vault-token": session.token };
  const found: MadeOnce[] = [];
  for (const [kind, [list, name]] of Object.entries(madeOnce)) {
    if (!missing.includes(`${kind} ${name}`)) continue;
    const { body } = await ask(args, list, { method: "GET", headers }, session.ca);
    if (`${name}/` in body) found.push(kind as MadeOnce);
  }
  return found;
}

/** A restarted Vault is sealed until the unsealer has looked: half a minute of patience covers that. */
async function login(args: SessionArgs, jwt: string, ca: string | undefined): Promise<string> {
  let failure = "";
  for (let attempt = 0; attempt < 30; attempt++) {
    const body = { role: deployer.login, jwt };
    const answer = await ask(args, `auth/${deployer.login}/login`, { method: "POST", body }, ca);
    const { auth } = answer.body as { auth?: { client_token: string } };
    if (auth !== undefined) return auth.client_token;
    failure = reasonOf(answer);
    await sleep(1_000);
  }
  throw new Refusal(
    `The deployer cannot log in to Vault in namespace ${namespace}: ${failure}. ` +
      `If Vault is sealed, look at: kubectl -n ${namespace} logs deployment/vault-unsealer ` +
      "(or pod/vault-0, where servers unseal themselves)",
  );
}

function ask(args: SessionArgs, path: string, request: HttpRequest, ca: string | undefined) {
  const url = `${providerInputs(args).address}/v1/${path}`;
  return args.cluster.send(url, request, { ca, servername: serverName });
}

export function reasonOf({ status, body, failure }: HttpAnswer): string {
  if (failure !== undefined) return failure;
  if (status === 503) return "Vault is sealed";
  const { errors = [] } = body as { errors?: string[] };
  return `it answered ${status} ${errors.join("; ")}`.trim();
}
