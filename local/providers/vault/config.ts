import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "../host/resource.ts";
import { refuseSettings, Settings, type SettingKinds } from "../host/settings.ts";
import type { Props } from "../host/values.ts";

export interface VaultConfig {
  address: string;
  /** The file is read at the first call, not before: it may be written later than the settings. */
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
  const settings = new Settings(config, env);
  const login = settings.object("authLoginTokenFile");
  return {
    address: settings.text("address", "VAULT_ADDR") ?? "",
    token: () =>
      login === undefined
        ? (settings.text("token", "VAULT_TOKEN") ?? savedToken(env))
        : fromFile(text(login, "filename")),
    skipChildToken: settings.boolean("skipChildToken", "TERRAFORM_VAULT_SKIP_CHILD_TOKEN") ?? false,
    tokenName: settings.text("tokenName", "VAULT_TOKEN_NAME") ?? "terraform",
    childTokenSeconds: settings.integer("maxLeaseTtlSeconds") ?? 1200,
    maxRetries: settings.integer("maxRetries") ?? 2,
    caCertFile: settings.text("caCertFile", "VAULT_CACERT"),
    tlsServerName: settings.text("tlsServerName", "VAULT_TLS_SERVER_NAME"),
    skipTlsVerify: settings.boolean("skipTlsVerify", "VAULT_SKIP_VERIFY") ?? false,
    skipGetVersion: settings.boolean("skipGetVaultVersion") ?? false,
    version: settings.text("vaultVersionOverride"),
  };
}

/** The token that Vault's command line keeps after a login. */
function savedToken(env: NodeJS.ProcessEnv): string {
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
