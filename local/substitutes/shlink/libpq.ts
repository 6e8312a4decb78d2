import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ConnectionOptions, PeerCertificate } from "node:tls";
import type { Env } from "./env.ts";

const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
type SslMode = (typeof modes)[number];

/** TLS settings to try in this order; false stands for a plain connection. */
export type TlsAttempt = ConnectionOptions | false;

/** libpq compares exactly: a certificate name with a trailing dot matches no host without one. */
export function libpqHostMatches(host: string, names: string[]): boolean {
  const wanted = host.toLowerCase();
  return names.some((name) => {
    const pattern = name.toLowerCase();
    if (!pattern.startsWith("*.")) return pattern === wanted;
    const dot = wanted.indexOf(".");
    return dot > 0 && wanted.slice(dot) === pattern.slice(1);
  });
}

function certificateNames(certificate: PeerCertificate, host: string): string[] {
  const names = (certificate.subjectaltname ?? "").split(", ");
  const kind = isIP(host) === 0 ? "DNS:" : "IP Address:";
  const alternatives = names.filter((name) => name.startsWith(kind));
  if (alternatives.length > 0) return alternatives.map((name) => name.slice(kind.length));
  const { CN } = certificate.subject;
  return CN === undefined ? [] : [String(CN)];
}

function checkHost(host: string, certificate: PeerCertificate): Error | undefined {
  const names = certificateNames(certificate, host);
  if (libpqHostMatches(host, names)) return undefined;
  return new Error(
    `server certificate for "${names.join('", "')}" does not match host name "${host}"`,
  );
}

function rootCertificate(env: Env): string | null {
  const path = env.PGSSLROOTCERT ?? `${env.HOME ?? "/"}/.postgresql/root.crt`;
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

const unverified: ConnectionOptions = { rejectUnauthorized: false };

/**
 * What libpq does with PGSSLMODE and PGSSLROOTCERT. Shlink's own DB_USE_ENCRYPTION never reaches
 * the driver, so these are the only way to ask for more than libpq's default.
 */
export function tlsAttempts(env: Env, host: string): TlsAttempt[] {
  const given = env.PGSSLMODE ?? "prefer";
  const mode = modes.find((known): known is SslMode => known === given);
  if (mode === undefined) throw new Error(`invalid sslmode value: "${given}"`);
  const ca = rootCertificate(env);
  if (mode === "disable") return [false];
  if (mode === "allow") return [false, unverified];
  if (mode === "prefer") return [unverified, false];
  // An existing root certificate makes libpq check it even for "require".
  if (mode === "require" && ca === null) return [unverified];
  if (ca === null) {
    const path = env.PGSSLROOTCERT ?? "~/.postgresql/root.crt";
    throw new Error(
      `root certificate file "${path}" does not exist\nEither provide the file or change sslmode to disable server certificate verification.`,
    );
  }
  const checkServerIdentity = (_: string, certificate: PeerCertificate) =>
    mode === "verify-full" ? checkHost(host, certificate) : undefined;
  return [{ ca, rejectUnauthorized: true, checkServerIdentity }];
}
