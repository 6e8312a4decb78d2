import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made = new Map<string, string>();

/** A certificate that signs itself, one for each name and validity. */
export function certificate(name: string, days: number): string {
  const key = `${name} ${days}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  const file = join(folder, "tls.crt");
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const where = ["-keyout", join(folder, "tls.key"), "-out", file];
  const subject = ["-days", `${days}`, "-subj", `/CN=${name}`];
  execFileSync("openssl", ["req", ...kind, ...where, ...subject], { stdio: "ignore" });
  const pem = readFileSync(file, "utf8");
  rmSync(folder, { recursive: true });
  made.set(key, pem);
  return pem;
}
