/** Recognises what starts a Vault dev server, which serves plaintext unless it is told otherwise. */

const FLAG = /(^|[\s"'\\=])--?dev(-[a-z][\w-]*)?($|[\s"'\\=;|&)])/;
const WITH_TLS = /(^|[\s"'\\=])--?dev-tls($|[\s"'\\;|&)]|=["']?(true|1)\b)/;
const PROGRAM = /(^|[\s/"'])(vault|bao|server)\b/;
const SERVER = /\b(vault|bao)["']?\s+["']?server\b/;
const IMAGE = /(^|\/)(vault(-enterprise)?|openbao(-hsm)?(-ubi)?)([:@]|$)/;

/** Each flag of dev mode implies it. */
export function hasDevFlag(line: string): boolean {
  return FLAG.test(line);
}

/** @param line the words of a container's command */
export function startsDevServer(line: string): boolean {
  return PROGRAM.test(line) && hasDevFlag(line) && !WITH_TLS.test(line);
}

/** @param script a text that may be anything */
export function scriptStartsDevServer(script: string): boolean {
  return script
    .replace(/\\\r?\n/g, " ")
    .split("\n")
    .some((line) => SERVER.test(line) && !/^\s*(#|\/\/)/.test(line) && startsDevServer(line));
}

/** Vault's images start a dev server when they are told nothing else. */
export function isVaultImage(image: string): boolean {
  return IMAGE.test(image);
}
