import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { refuseSettings, setting, type SettingKinds } from "../host/settings.ts";
import type { Props, Value } from "../host/values.ts";

export interface VaultConfig {
  address: string;
  /** Read at the first call, not before: the file may be written later than the settings. */
  token: () => string;
  skipChildToken: boolean;
  tokenName: string;
  childTokenSeconds: number;
  maxRetries: number;
  caCertFile?: string;
  tlsServerName?: string;
  skipTlsVerify: boolean;
  skipGetVersion: boolean;
  version?: string;
}

const kinds: SettingKinds = {
  address: "string",
  token: "string",
  authLoginTokenFile: "object",
  skipChildToken: "boolean",
  tokenName: "string",
  maxLeaseTtlSeconds: "integer",
  maxRetries: "integer",
  caCertFile: "string",
  tlsServerName: "string",
  skipTlsVerify: "boolean",
  skipGetVaultVersion: "boolean",
  vaultVersionOverride: "string",
};

export const refuseConfig = (config: Props): Record<string, string> =>
  refuseSettings(config, kinds);

/** Like the real provider's, the settings fall back to Vault's own environment variables. */
export function readConfig(config: Props, env: NodeJS.ProcessEnv = process.env): VaultConfig {
  const get = (key: string) => setting(config, key, kinds[key] ?? "string");
  const word = (key: string, variable?: string) =>
    String(get(key) ?? "") || (variable === undefined ? "" : (env[variable] ?? ""));
  const file = tokenFile(get("authLoginTokenFile"));
  return {
    address: word("address", "VAULT_ADDR"),
    token: () =>
      file === undefined ? plainToken(word("token", "VAULT_TOKEN"), env) : fromFile(file),
    skipChildToken: Boolean(
      get("skipChildToken") ?? env["TERRAFORM_VAULT_SKIP_CHILD_TOKEN"] === "true",
    ),
    tokenName: word("tokenName", "VAULT_TOKEN_NAME") || "terraform",
    childTokenSeconds: Number(get("maxLeaseTtlSeconds") ?? 1200),
    maxRetries: Number(get("maxRetries") ?? 2),
    caCertFile: word("caCertFile", "VAULT_CACERT") || undefined,
    tlsServerName: word("tlsServerName", "VAULT_TLS_SERVER_NAME") || undefined,
    skipTlsVerify: Boolean(get("skipTlsVerify") ?? env["VAULT_SKIP_VERIFY"] === "true"),
    skipGetVersion: Boolean(get("skipGetVaultVersion") ?? false),
    version: word("vaultVersionOverride") || undefined,
  };
}

function tokenFile(login: Value | undefined): string | undefined {
  if (login === undefined) return undefined;
  const filename = (login as Props)["filename"];
  return typeof filename === "string" ? filename : "";
}

function plainToken(token: string, env: NodeJS.ProcessEnv): string {
  if (token !== "") return token;
  try {
    return readFileSync(join(env["HOME"] ?? homedir(), ".vault-token"), "utf8").trim();
  } catch {
    throw new Error("no vault token set on Client");
  }
}

/** A token is one line in a file that only its owner may read. */
function fromFile(file: string): string {
  if (file === "") throw new Error("required fields are unset: [filename]");
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error(`open ${file}: no such file or directory`);
  if (!stat.isFile()) throw new Error(`token path "${file}" is not regular file`);
  if ((stat.mode & 0o077) !== 0) {
    const mode = (stat.mode & 0o777).toString(8);
    throw new Error(`token path "${file}" has an invalid mode ${mode}: only its owner may read it`);
  }
  const [token, ...more] = readFileSync(file, "utf8").replace(/\n$/, "").split("\n");
  if (more.length > 0) throw new Error(`token path "${file}" contains more than one line`);
  if (!token) throw new Error(`no token found in "${file}"`);
  return token;
}
