import { readResources } from "../../policy/cli/input.ts";
import { judgeAll } from "../../policy/cli/judge.ts";
import { readConfig } from "../../policy/engine/config.ts";
import { policies } from "../../policy/rules.ts";
import { type Change, synth } from "./synth.ts";

const today = "2026-11-28";

/** What the policy pack refuses of prod with changed settings, as its messages. */
export async function violations(change: Change): Promise<string[]> {
  const { registrations } = await synth("prod", change);
  const judged = readResources("prod", JSON.stringify({ stack: "prod", registrations }));
  return judgeAll(policies, judged, readConfig(policies, {}, today), today)
    .filter(({ level }) => level === "mandatory")
    .map(({ message }) => message);
}
