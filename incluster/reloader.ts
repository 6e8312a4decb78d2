import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls, TLSSocket } from "node:tls";
import { environmentOf } from "./environment.ts";

/**
 * This program runs beside each Vault server. Every few seconds it looks whether the server has to load a new
 * certificate, or the audit log has grown so large that it is rotated. Vault does its part on SIGHUP, without a pause.
 */
const variable = environmentOf<"reloader.ts">();
const certificate = variable("CERTIFICATE", "");
const log = variable("AUDIT_LOG", "");
const maxBytes = Number(variable("AUDIT_MAX_BYTES", ""));
const keep = Number(variable("AUDIT_KEEP", ""));
let lastNews = "";
process.on("SIGTERM", () => process.exit(0));

for (;;) {
  await check();
  await sleep(Number(variable("INTERVAL_SECONDS")) * 1_000);
}

async function check(): Promise<void> {
  try {
    const served = await servedCertificate();
    // A server that is still starting does not know the signal, and would die of it.
    if (served === undefined) return;
    if (certificate !== "") reload(served);
    if (log !== "") rotateLog();
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
  }
}

/** Compares what is served with what is mounted: that holds after a restart of either, too. */
function reload(served: string): void {
  const mounted = new X509Certificate(readFileSync(certificate)).fingerprint256;
  if (served === mounted) return;
  signalServers();
  report(`had Vault load the certificate ${mounted}`);
}

function rotateLog(): void {
  if (!existsSync(log)) return reopen();
  if (statSync(log).size < maxBytes) return;
  rmSync(`${log}.${keep}`, { force: true });
  for (let age = keep - 1; age >= 1; age--)
    if (existsSync(`${log}.${age}`)) renameSync(`${log}.${age}`, `${log}.${age + 1}`);
  // Its name changes, not the file: what is written until the server opens a new one is not lost.
  renameSync(log, `${log}.1`);
  signalServers();
  report(`rotated the audit log at ${new Date().toISOString()}`);
}

/** Makes up for a death between the two steps, after which the server still writes to the renamed file. */
function reopen(): void {
  if (existsSync(`${log}.1`)) signalServers();
}

function signalServers(): void {
  const servers = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isServer(name));
  if (servers.length === 0) throw new Error("this pod has no process of a Vault server");
  for (const server of servers) process.kill(Number(server), "SIGHUP");
}

/** Knows a server by its name and what it does: the same program is the command line, which would die of the signal. */
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
function servedCertificate(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const address = { host: "127.0.0.1", port: Number(variable("VAULT_PORT")) };
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

/** Logs each piece of news once, not every few seconds. */
function report(news: string): void {
  if (lastNews !== news) console.log(news);
  lastNews = news;
}
