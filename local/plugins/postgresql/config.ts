import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { refuseSettings, setting, type SettingKinds } from "../host/settings.ts";
import type { Props } from "../host/values.ts";

export interface PostgresConfig {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** Read when a connection is opened: the certificate file may be written later than the settings. */
  ssl: () => ConnectionOptions | false;
  connectTimeoutSeconds: number;
  /** The server's major version, when the program says it. */
  expectedMajor?: number;
}

const kinds: SettingKinds = {
  scheme: "string",
  host: "string",
  port: "integer",
  username: "string",
  password: "string",
  database: "string",
  sslmode: "string",
  sslMode: "string",
  sslrootcert: "string",
  superuser: "boolean",
  connectTimeout: "integer",
  maxConnections: "integer",
  expectedVersion: "string",
};

const modes = ["disable", "require", "verify-ca", "verify-full"];

export function refuseConfig(config: Props): Record<string, string> {
  const reasons = refuseSettings(config, kinds);
  const mode = setting(config, "sslmode", "string") ?? setting(config, "sslMode", "string");
  if (mode && !modes.includes(String(mode))) {
    reasons["sslmode"] =
      `unsupported sslmode "${String(mode)}"; only ${modes.join(", ")} are supported`;
  }
  const scheme = setting(config, "scheme", "string");
  if (scheme && scheme !== "postgres") reasons["scheme"] = `only "postgres" is supported`;
  return reasons;
}

/** Like the real provider's, the settings fall back to libpq's environment variables. */
export function readConfig(config: Props, env: NodeJS.ProcessEnv = process.env): PostgresConfig {
  const get = (key: string) => setting(config, key, kinds[key] ?? "string");
  const word = (key: string, variable: string, otherwise: string) =>
    String(get(key) ?? "") || env[variable] || otherwise;
  const mode = String(get("sslmode") ?? "") || env["PGSSLMODE"] || String(get("sslMode") ?? "");
  const rootCertificate = String(get("sslrootcert") ?? "");
  const expected = String(get("expectedVersion") ?? "");
  return {
    host: word("host", "PGHOST", "localhost"),
    port: Number(word("port", "PGPORT", "5432")),
    user: word("username", "PGUSER", "postgres"),
    password: word("password", "PGPASSWORD", ""),
    database: word("database", "PGDATABASE", "postgres"),
    ssl: () => ssl(mode, rootCertificate),
    connectTimeoutSeconds: Number(word("connectTimeout", "PGCONNECT_TIMEOUT", "180")),
    expectedMajor: expected === "" ? undefined : parseInt(expected, 10),
  };
}

/** Encryption without a mode; with a root certificate it is checked even when the mode does not say so. */
function ssl(mode: string, file: string): ConnectionOptions | false {
  if (mode === "disable") return false;
  if (mode !== "verify-full" && mode !== "verify-ca" && file === "")
    return { rejectUnauthorized: false };
  const ca = file === "" ? undefined : certificate(file);
  if (mode === "verify-full") return { ca };
  return { ca, checkServerIdentity: () => undefined };
}

function certificate(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Error(`open ${file}: no such file or directory`);
  }
}
