/** The forms in which findings are printed. */

import type { Finding, Policy } from "../engine/policy.ts";

export interface Report {
  stack: string;
  file: string;
  resources: number;
  findings: Finding[];
}

export const formats: Record<string, (reports: Report[], policies: Policy[]) => string> = {
  text,
  json,
  sarif,
  junit,
};

export function mandatory(findings: Finding[]) {
  return findings.filter((finding) => finding.level === "mandatory");
}

function text(reports: Report[]) {
  return reports
    .map(({ stack, file, resources, findings }) => {
      const refused = mandatory(findings).length;
      const lines = findings.map(
        (finding) => `  ${finding.level} ${finding.policy}\n    ${finding.message}\n`,
      );
      const sum = `${file} (${stack}): ${resources} resources, ${refused} violations, ${findings.length - refused} advisories`;
      return `${lines.join("")}${sum}\n`;
    })
    .join("");
}

function json(reports: Report[]) {
  return `${JSON.stringify({ reports }, null, 2)}\n`;
}

function sarif(reports: Report[], policies: Policy[]) {
  const rules = policies.map((policy) => ({
    id: policy.name,
    name: policy.title,
    shortDescription: { text: policy.description },
    helpUri: `docs/policies.md#${policy.name}`,
    properties: { tags: policy.tags, severity: policy.severity },
  }));
  const results = reports.flatMap(({ file, findings }) =>
    findings.map((finding) => ({
      ruleId: finding.policy,
      level: finding.level === "mandatory" ? "error" : "note",
      message: { text: finding.message },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: file } },
          logicalLocations: [
            {
              fullyQualifiedName: `${finding.object}${finding.path === "" ? "" : `: ${finding.path}`}`,
            },
          ],
        },
      ],
      partialFingerprints: { place: `${finding.code}|${finding.object}|${finding.path}` },
    })),
  );
  const driver = { name: "shlink-platform-policy", rules };
  const log = {
    version: "2.1.0",
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    runs: [{ tool: { driver }, results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function xml(value: string) {
  const entities: Record<string, string> = {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    '"': "&quot;",
    "'": "&apos;",
  };
  return value
    .replace(/\p{Cc}/gu, (mark) => (/\s/.test(mark) ? mark : ""))
    .replace(/[<>&"']/g, (mark) => entities[mark] ?? "");
}

function junit(reports: Report[], policies: Policy[]) {
  const suites = reports.map(({ stack, findings }) => {
    const cases = policies.map((policy) => {
      const own = findings.filter((finding) => finding.policy === policy.name);
      const failures = mandatory(own).map(
        (one) => `<failure message="${xml(one.headline)}">${xml(one.message)}</failure>`,
      );
      const notes = own.filter((one) => one.level === "advisory").map((one) => one.message);
      const out = notes.length > 0 ? `<system-out>${xml(notes.join("\n"))}</system-out>` : "";
      return `<testcase classname="policy.${xml(stack)}" name="${xml(policy.name)}">${failures.join("")}${out}</testcase>`;
    });
    const failed = new Set(mandatory(findings).map((finding) => finding.policy)).size;
    return `<testsuite name="${xml(stack)}" tests="${policies.length}" failures="${failed}">${cases.join("\n")}</testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>${suites.join("\n")}</testsuites>\n`;
}
