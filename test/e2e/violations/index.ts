import * as k8s from "@pulumi/kubernetes";
import program from "../../../index.ts";
import { asKubectl } from "../../../platform/marks.ts";
import { loadSettings } from "../../../settings/load.ts";
import { violations } from "./violations.ts";

/**
 * VIOLATIONS names what to bring in, separated by commas: beside the whole platform, or alone when
 * PLATFORM is "without".
 */
export default async function violatingProgram(): Promise<void> {
  if (process.env["PLATFORM"] !== "without") await program();
  const { context } = loadSettings().cluster;
  const provider = new k8s.Provider("violations", { context, ...asKubectl });
  for (const name of (process.env["VIOLATIONS"] ?? "").split(",")) {
    const violation = violations[name];
    if (violation === undefined) throw new Error(`There is no violation ${name}.`);
    violation.create(name, { provider });
  }
}
