import { createInterface } from "node:readline/promises";
import type { Found } from "./cluster.ts";

/** A question, the option that answers it without asking, and what an empty answer means. */
interface Question {
  option: string;
  text: string;
  suggestion?: string | undefined;
}

/** The sizes that are suggested: of each database volume, and of the backups' volume. */
export const suggested = { storage: "20Gi", backups: "50Gi" };

/** The questions that a cluster cannot answer, in the order in which they are asked. */
export function questions(found: Found): Question[] {
  const { storageClasses, usualClass } = found;
  return [
    { option: "host", text: "Host names of the links, with commas between them" },
    {
      option: "certificate",
      text: "Certificate: secret:NAME, issuer:NAME (a ClusterIssuer), internal or plaintext",
    },
    {
      option: "storage-class",
      text: `StorageClass of the volumes (${storageClasses.join(", ") || "the cluster has none"})`,
      suggestion: usualClass,
    },
    { option: "storage", text: "Size of each database volume", suggestion: suggested.storage },
    {
      option: "backups",
      text: "Size of the backups' volume, or none",
      suggestion: suggested.backups,
    },
  ];
}

/**
 * Takes answers from the options, asks a person at a terminal for the others, and takes what is suggested where nobody
 * answers.
 * @throws Error naming the options that are missing when nobody can be asked.
 */
export async function answer(
  all: Question[],
  given: Record<string, string | undefined>,
): Promise<Record<string, string>> {
  const open = all.filter(({ option }) => given[option] === undefined);
  const answers = Object.fromEntries(all.map(({ option }) => [option, given[option] ?? ""]));
  if (process.stdin.isTTY) return { ...answers, ...(await askAll(open)) };
  const missing = open.filter(({ suggestion }) => suggestion === undefined);
  if (missing.length > 0)
    throw new Error(
      `Nobody can be asked here, so say ${missing.map(({ option, text }) => `--${option} (${text})`).join(", ")}.`,
    );
  for (const { option, suggestion = "" } of open) answers[option] = suggestion;
  return answers;
}

async function askAll(open: Question[]): Promise<Record<string, string>> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answers: Record<string, string> = {};
  // A question that nobody answers any more would never end.
  const left = new Promise<never>((_, reject) =>
    terminal.once("close", () => reject(new Error("Nothing was written: not all was answered."))),
  );
  left.catch(() => undefined);
  for (const { option, text, suggestion } of open) {
    const hint = suggestion === undefined ? "" : ` [${suggestion}]`;
    const given = await Promise.race([terminal.question(`${text}${hint}: `), left]);
    answers[option] = given.trim() || (suggestion ?? "");
  }
  terminal.close();
  return answers;
}
