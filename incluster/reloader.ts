import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls, TLSSocket } from "node:tls";

/**
 * Runs beside each Vault server. Every few seconds it has the server take a new certificate, and puts its audit log
 * aside when that has grown too large. Vault does both on SIGHUP, without a pause.
 */
const env = (name: string) => process.env[name] ?? "";
const certificate = env("CERTIFICATE");
const log = env("AUDIT_LOG");
const maxBytes = Number(env("AUDIT_MAX_BYTES"));
const keep = Number(env("AUDIT_KEEP"));
let told = "";
process.on("SIGTERM", () => process.exit(0));

for (;;) {
  await attend();
  await sleep(Number(env("INTERVAL_SECONDS")) * 1_000);
}

async function attend(): Promise<void> {
  try {
    const served = await greet();
    // A server that is still starting does not know the signal, and would die of it.
    if (served === undefined) return;
    if (certificate !== "") renew(served);
    if (log !== "") rotate();
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
  }
}

/** Compares what is served with what is mounted: that holds after a restart of either, too. */
function renew(served: string): void {
  const mounted = new X509Certificate(readFileSync(certificate)).fingerprint256;
  if (served === mounted) return;
  hangUp();
  tell(`told Vault to take the certificate ${mounted}`);
}

function rotate(): void {
  if (!existsSync(log)) return reopen();
  if (statSync(log).size < maxBytes) return;
  rmSync(`${log}.${keep}`, { force: true });
  for (let age = keep - 1; age >= 1; age--)
    if (existsSync(`${log}.${age}`)) renameSync(`${log}.${age}`, `${log}.${age + 1}`);
  // Its name changes, not the file: what is written until the server opens another is not lost.
  renameSync(log, `${log}.1`);
  hangUp();
  tell(`put the audit log aside at ${new Date().toISOString()}`);
}

/** After a death between the two steps the server still writes to what was put aside. */
function reopen(): void {
  if (existsSync(`${log}.1`)) hangUp();
}

function hangUp(): void {
  const servers = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isServer(name));
  if (servers.length === 0) throw new Error("no process of Vault's server is to be seen");
  for (const server of servers) process.kill(Number(server), "SIGHUP");
}

/** By its name and what it does: the same program is the command line, which would die of the signal. */
function isServer(id: string): boolean {
  const [program = "", command] = commandLine(id);
  return ["vault", "bao"].includes(basename(program)) && command === "server";
}

function commandLine(id: string): string[] {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
  } catch {
    return []; // It has ended in the meantime.
  }
}

/**
 * The fingerprint of the certificate that the server shows, valid or not; empty where it speaks plaintext, and
 * undefined when it does not listen.
 */
function greet(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const address = { host: "127.0.0.1", port: Number(env("VAULT_PORT")) };
    const speaksTls = certificate !== "";
    const socket = speaksTls
      ? connectTls({ ...address, rejectUnauthorized: false })
      : connect(address);
    socket.once(speaksTls ? "secureConnect" : "connect", () => {
      resolve(socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : "");
      socket.end();
    });
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on("error", () => resolve(undefined));
    socket.on("close", () => resolve(undefined));
  });
}

/** Each news once, not every few seconds. */
function tell(news: string): void {
  if (told !== news) console.log(news);
  told = news;
}
