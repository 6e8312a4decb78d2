import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { refuseSettings, Settings, type SettingKinds } from "../host/settings.ts";
import type { Props } from "../host/values.ts";

export interface PostgresConfig {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** The settings are read when a connection is opened: the certificate file may be written later than they are. */
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
  const settings = new Settings(config, {});
  const mode = settings.text("sslmode") ?? settings.text("sslMode") ?? "require";
  if (!modes.includes(mode)) {
    reasons["sslmode"] = `unsupported sslmode "${mode}"; only ${modes.join(", ")} are supported`;
  }
  const scheme = settings.text("scheme") ?? "postgres";
  if (scheme !== "postgres") reasons["scheme"] = `unsupported scheme "${scheme}"; only postgres is`;
  return reasons;
}

/** Like the real provider's, the settings fall back to libpq's environment variables. */
export function readConfig(config: Props, env: NodeJS.ProcessEnv = process.env): PostgresConfig {
  const settings = new Settings(config, env);
  const mode = settings.text("sslmode", "PGSSLMODE") ?? settings.text("sslMode") ?? "require";
  const rootCertificate = settings.text("sslrootcert");
  const expected = settings.text("expectedVersion");
  return {
    host: settings.text("host", "PGHOST") ?? "localhost",
    port: settings.integer("port", "PGPORT") ?? 5432,
    user: settings.text("username", "PGUSER") ?? "postgres",
    password: settings.text("password", "PGPASSWORD") ?? "",
    database: settings.text("database", "PGDATABASE") ?? "postgres",
    ssl: () => ssl(mode, rootCertificate),
    connectTimeoutSeconds: settings.integer("connectTimeout", "PGCONNECT_TIMEOUT") ?? 180,
    expectedMajor: expected === undefined ? undefined : parseInt(expected, 10),
  };
}

/** With a root certificate the server is checked even when the mode asks for encryption only. */
function ssl(mode: string, file: string | undefined): ConnectionOptions | false {
  if (mode === "disable") return false;
  if (mode === "require" && file === undefined) return { rejectUnauthorized: false };
  const ca = file === undefined ? undefined : certificate(file);
  return mode === "verify-full" ? { ca } : { ca, checkServerIdentity: () => undefined };
}

function certificate(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Error(`open ${file}: no such file or directory`);
  }
}
