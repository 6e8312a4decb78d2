/** The forms in which findings are printed. */

import type { StackClass } from "../engine/levels.ts";
import type { Finding } from "../engine/policy.ts";

export interface Report {
  file: string;
  stackClass: StackClass;
  resources: number;
  findings: Finding[];
}

export const formats: Record<string, (reports: Report[]) => string> = {
  text: (reports) => reports.map(asText).join(""),
  json: (reports) => `${JSON.stringify({ reports }, null, 2)}\n`,
};

export function mandatory(findings: Finding[]): Finding[] {
  return findings.filter((finding) => finding.level === "mandatory");
}

function asText({ file, stackClass, resources, findings }: Report): string {
  const refused = mandatory(findings).length;
  const lines = findings.map(
    (finding) => `  ${finding.level} ${finding.policy}\n    ${finding.message}\n`,
  );
  return `${lines.join("")}${file}, judged as ${stackClass}: ${resources} resources, ${refused} violations, ${findings.length - refused} advisories\n`;
}
