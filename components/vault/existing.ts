import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../effects/cluster.ts";
import type { HttpAnswer } from "../../effects/http.ts";
import { runtimePath } from "../../platform/project.ts";
import type { Settings } from "../../settings/index.ts";
import {
  type AskVault,
  caFile,
  type MadeOnce,
  providerOptions,
  reasonOf,
  tokenFile,
} from "./session.ts";
import type { VaultSource } from "./source.ts";
import { Refusal } from "../../platform/refusal.ts";
import { foundThere } from "./found.ts";

export type ExistingVault = Extract<Settings["vault"], { mode: "existing" }>;

/**
 * Logs in to a Vault that somebody else runs, leaves the token where the provider reads it, and tells what an interrupted `up`
 * made there.
 * @throws Refusal when it lets nobody in, is not the one with this stack's secrets, or has what another made under our names.
 */
export async function openExisting(settings: ExistingVault, cluster: Cluster): Promise<MadeOnce[]> {
  const { address, authority: ca, namespace } = settings;
  const ask: AskVault = (path, { headers, ...request }) =>
    cluster.send(
      `${address}/v1/${path}`,
      {
        ...request,
        headers: { ...headers, ...(namespace !== undefined && { "x-vault-namespace": namespace }) },
      },
      { ca, servername: new URL(address).hostname },
    );
  const token = await tokenOf(settings, cluster, ask);
  if (ca !== undefined) cluster.file(caFile, ca);
  cluster.file(tokenFile, token);
  const look: AskVault = (path, request) =>
    ask(path, { ...request, headers: { "x-vault-token": token } });
  return foundThere({ ...settings, ...namesOf(settings) }, await cluster.state(), look);
}

/** A Vault that somebody else runs: by its address, with a login that its administrators have made for this program. */
export function existingVault(
  settings: ExistingVault,
  identity: pulumi.Output<string>,
): VaultSource {
  const { address, authority, namespace } = settings;
  return {
    address: pulumi.output(address),
    provider: {
      address,
      authLoginTokenFile: { filename: runtimePath(tokenFile) },
      ...providerOptions,
      ...(namespace === undefined ? {} : { namespace }),
      ...(authority === undefined ? {} : { caCertFile: runtimePath(caFile) }),
    },
    session: pulumi.output(authority === undefined ? {} : { ca: authority }),
    ownAuthority: authority !== undefined,
    namespace,
    ...namesOf(settings),
    claim: identity,
    audit: false,
  };
}

/** What is ours in it, by its names. */
const namesOf = ({ prefix, accounts }: ExistingVault) => ({
  store: prefix,
  logins:
    accounts.mode === "own"
      ? { path: `${prefix}-kubernetes`, existing: false }
      : { path: accounts.path, existing: true },
  prefix: `${prefix}-`,
});

async function tokenOf(
  { address, login }: ExistingVault,
  cluster: Cluster,
  ask: AskVault,
): Promise<string> {
  const refuse = (how: string, answer: HttpAnswer) =>
    new Refusal(
      `The deployer cannot log in to Vault at ${address} (setting vault.login, ${how}): ${reasonOf(answer)}.`,
    );
  if (login.mode === "tokenFile") {
    const token = cluster.read(login.file, "vault.login.file");
    const headers = { "x-vault-token": token };
    const answer = await ask("auth/token/lookup-self", { method: "GET", headers });
    if (answer.status === 200) return token;
    throw refuse(`file ${login.file}`, answer);
  }
  const jwt =
    login.mode === "jwt"
      ? cluster.read(login.file, "vault.login.file")
      : await shown(login, cluster);
  const body = { role: login.role, jwt };
  const answer = await ask(`auth/${login.path}/login`, { method: "POST", body });
  const { auth } = answer.body as { auth?: { client_token: string } };
  if (auth !== undefined) return auth.client_token;
  throw refuse(`path auth/${login.path}, role ${login.role}`, answer);
}

/** The token of the account that the settings name. */
const shown = (
  { namespace, account, audience }: Extract<ExistingVault["login"], { mode: "kubernetes" }>,
  cluster: Cluster,
): Promise<string> =>
  cluster.accountToken(namespace, account, audience).catch((error: unknown) => {
    throw new Refusal(
      `Setting vault.login: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
