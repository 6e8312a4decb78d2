/**
 * Asks a real API server about the admission policies: node test/policy/admission-check.ts KUBECTL [ARGUMENT...]
 * For example with "kubectl --context shlink-local". The policies have to be installed, and the namespaces `shlink`
 * and `vault` to exist; nothing is created. Prints what the server judges otherwise and fails then.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

interface Case {
  title: string;
  object: object;
}

const text = readFileSync(new URL("./admission-cases.json", import.meta.url), "utf8");
const cases = JSON.parse(text) as { refused: Case[]; accepted: Case[] };

/** A schema may refuse even before a policy does. */
function refusal(command: string[], object: object): string {
  const [file = "kubectl", ...args] = command;
  const create = [...args, "create", "--dry-run=server", "-f", "-"];
  const { status, stderr } = spawnSync(file, create, {
    input: JSON.stringify(object),
    encoding: "utf8",
  });
  if (status === 0) return "";
  return /ValidatingAdmissionPolicy|is invalid/.test(stderr) ? "refused" : stderr.trim();
}

const command = process.argv.slice(2);
const wrong = [
  ...cases.refused.map(({ title, object }) => ({
    title,
    got: refusal(command, object),
    wanted: "refused",
  })),
  ...cases.accepted.map(({ title, object }) => ({
    title,
    got: refusal(command, object),
    wanted: "",
  })),
].filter(({ got, wanted }) => got !== wanted);
for (const { title, got } of wrong) console.error(`${title}: ${got === "" ? "accepted" : got}`);
console.log(
  `admission: ${cases.refused.length + cases.accepted.length - wrong.length} as wanted, ${wrong.length} not`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
