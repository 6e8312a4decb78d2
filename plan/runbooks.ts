import { format } from "prettier";
import { alerts, runbookOf } from "../components/observability/rules.ts";
import { findings } from "../doctor/chain.ts";
import { type Finding, links, runbookPath } from "../doctor/finding.ts";
import { markdownTable } from "./marked.ts";

/** All alerts there are: those of a stack with several of everything, and all that can be watched. */
export const allAlerts = alerts({
  vault: { replicas: 3, snapshotSchedule: "0 3 * * *" },
  database: { instances: 3, fullSchedule: "0 3 * * *" },
  redis: { replicas: 3, sentinels: 3 },
  shlinkReplicas: 3,
  probes: true,
  jobs: [],
});

const alertPages = new Set(allAlerts.map(({ name }) => runbookOf(name)));

/** A finding that is also an alert has the alert's page, which people write. */
const generated = findings.filter(({ id }) => !alertPages.has(id));

const block = (kind: string, commands: string[]) => ["```" + kind, ...commands, "```"].join("\n");

/** The page of a finding, by its own words. Its first block changes nothing, and is run by a test as it stands. */
function page({ title, meaning, consequence, look, fix, mend }: Finding): string {
  return [
    `# ${title}`,
    "<!-- Written by `make accept` from doctor/findings; edit those. -->",
    "## Meaning",
    meaning,
    "## Impact",
    consequence,
    "## Diagnosis",
    block("sh runnable", look),
    "## Mitigation",
    linked(fix),
    ...(mend === undefined ? [] : [block("sh", mend)]),
  ].join("\n\n");
}

/** Names of documents become links from where the pages are. */
const linked = (text: string) =>
  text.replaceAll(
    /docs\/([\w-]+\.md)(#[\w-]+)?/g,
    (_, file: string, anchor = "") => `[${file}](../${file}${anchor})`,
  );

/** docs/runbooks/README.md: a page for each alert and each finding. */
function index(): Promise<string> {
  const rows = links.flatMap((link) =>
    findings
      .filter((one) => one.link === link)
      .map(({ id, severity, title }) => [link, `[${id}](${id}.md)`, severity, title]),
  );
  const fired = allAlerts.map(({ name, severity, summary }) => [
    `[${name}](${runbookOf(name)}.md)`,
    severity,
    summary.replaceAll(/\{\{.*?\}\}/g, "…"),
  ]);
  const text = [
    "# Runbooks",
    "<!-- Written by `make accept` from doctor/findings and the alerts; edit those. -->",
    "`npm run doctor` walks the chain from the cluster to a redirect and names the first broken link; its findings, in the " +
      "order of the chain, and the alerts have a page each. A finding that names no link of its own is shown in that of the " +
      "pod or volume that it is about.",
    "## What the doctor finds",
    markdownTable(["link", "finding", "severity", "what it says"], rows),
    "## What Prometheus alerts on",
    markdownTable(["alert", "severity", "what it says"], fired),
  ].join("\n\n");
  return formatted(text);
}

const formatted = (text: string) => format(text, { parser: "markdown", printWidth: 100 });

/** The derived files in docs/runbooks, each with what makes it. */
export const runbooks: Record<string, () => Promise<string>> = {
  "docs/runbooks/README.md": index,
  ...Object.fromEntries(generated.map((one) => [runbookPath(one.id), () => formatted(page(one))])),
};
