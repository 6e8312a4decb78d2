import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../outside/cluster.ts";
import { runtimePath } from "../../platform/project.ts";
import type { Settings } from "../../settings/index.ts";
import { caFile, providerOptions, reasonOf, type Session, tokenFile } from "./session.ts";
import type { VaultSource } from "./source.ts";
import { Refusal } from "../../platform/refusal.ts";

export type ExistingVault = Extract<Settings["vault"], { mode: "existing" }>;

/** A Vault that somebody else runs: by its address, with a login that its administrators have made for this program. */
export function existingVault(settings: ExistingVault, cluster: Cluster): VaultSource {
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
    session: pulumi.output(openExisting(settings, cluster)),
    ownAuthority: authority !== undefined,
    namespace,
    ...namesOf(settings),
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

/** Logs in, and leaves the token where the provider reads it. */
async function openExisting(settings: ExistingVault, cluster: Cluster): Promise<Session> {
  const { authority: ca } = settings;
  if (ca !== undefined) cluster.file(caFile, ca);
  cluster.file(tokenFile, await tokenOf(settings, cluster));
  return { ...(ca === undefined ? {} : { ca }) };
}

async function tokenOf(settings: ExistingVault, cluster: Cluster): Promise<string> {
  const { login } = settings;
  if (login.mode === "tokenFile") return cluster.read(login.file, "vault.login.file");
  const jwt =
    login.mode === "jwt"
      ? cluster.read(login.file, "vault.login.file")
      : await cluster.accountToken(login.namespace, login.account, login.audience);
  const { address, namespace, authority } = settings;
  const answer = await cluster.send(
    `${address}/v1/auth/${login.path}/login`,
    {
      method: "POST",
      headers: namespace === undefined ? {} : { "x-vault-namespace": namespace },
      body: { role: login.role, jwt },
    },
    { ca: authority, servername: new URL(address).hostname },
  );
  const { auth } = answer.body as { auth?: { client_token: string } };
  if (auth !== undefined) return auth.client_token;
  throw new Refusal(
    `The deployer cannot log in to Vault at ${address} (setting vault.login, path auth/${login.path}, role ${login.role}): ` +
      `${reasonOf(answer)}.`,
  );
}
