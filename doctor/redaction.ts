/** What stands in place of a secret. */
const mark = "[hidden]";

/** What looks like a secret wherever it comes from: tokens of Vault and of service accounts, keys, passwords in URLs. */
const patterns: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, mark],
  [/\bhv[sbr]\.[\w-]{8,}/g, mark],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, mark],
  [/\bSCRAM-SHA-256\$\S+/g, mark],
  [/(:\/\/[^\s/:@]+:)[^\s/@]+@/g, `$1${mark}@`],
  [
    /\b((?:api[-_ ]?key|password|passwd|secret[-_ ]?(?:key|id)|token)["']?\s*[:=]\s*["']?)[^\s"',;]+/gi,
    `$1${mark}`,
  ],
];

/** Shorter values are words, which would make every text unreadable. */
const shortest = 6;

/** Takes secrets out of texts: those it was told of, plain and in base64, and what looks like one. */
export class Redaction {
  readonly #values = new Set<string>();

  /** The lines of a value are hidden as well as the whole. */
  hide(value: string): void {
    for (const part of [value, ...value.split("\n")].map((one) => one.trim())) {
      if (part.length < shortest) continue;
      this.#values.add(part);
      this.#values.add(Buffer.from(part).toString("base64"));
    }
  }

  apply(text: string): string {
    let clean = text;
    const longestFirst = [...this.#values].sort((a, b) => b.length - a.length);
    for (const value of longestFirst) clean = clean.replaceAll(value, mark);
    for (const [pattern, instead] of patterns) clean = clean.replace(pattern, instead);
    return clean;
  }
}
