import { format } from "prettier";
import type { Check, Policy } from "../policy/engine/policy.ts";

const INTRODUCTION = `# Policies

<!-- Written by \`make accept\` from policy/rules; edit those. -->

The pack in \`policy/\` judges every resource before it is created or changed. Levels depend on the class of the
stack: prod, unless its configuration says \`"stack-class": { "class": "dev" }\`. A stack without a configuration is
prod, whatever it is called. *Mandatory* findings stop the update, *advisory* ones are printed, *off* means silence.

- **Locked** policies are mandatory in prod whatever a configuration says: their level cannot be lowered, by name or
  by \`all\`, and they take no exemptions. A configuration that tries is refused.
- A value that a preview does not know yet gives one advisory for its path; the update, which knows it, judges it.
- An error inside a policy counts as a violation of it (code X00), so it neither ends the run nor lets anything pass.
- Messages name the object and the path, never the value.

## Running them

| where | how |
| --- | --- |
| in the engine | \`pulumi up --policy-pack policy --policy-pack-config policy/config/prod.json\`; \`--policy-pack policy/pack\` where the language host cannot start packs |
| without the engine | \`node policy/check.js --config policy/config/prod.json test/golden/prod.json\` (\`--format text\` or \`json\`) |
| over a deployed stack | \`pulumi stack export > state.json && node policy/check.js state.json\` |
| in the cluster | \`components/admission/index.ts\` installs the two required rules as ValidatingAdmissionPolicies |

## What it costs

Starting and judging stack prod take less processor time than at commit 8387b30: \`make bench ONLY=judge BASE=8387b30\`
measures it without a cluster, and \`make bench ONLY=pack\` what the pack adds to a preview
([performance](performance.md)).

## Configuration and exemptions

\`policy/config/<stack>.json\` holds one object with policy names as keys: a level, or an object with
\`enforcementLevel\`, the policy's settings, and \`exempt\`. The key \`stack-class\` stands beside them; it is an object
because the engine takes nothing else there. Unknown names, lowered locked policies, bad values and
expired exemptions are refused with one sentence, by \`node policy/check.js --config FILE\` and by the pack, which reads
the files in \`policy/config\` when it starts. For a file elsewhere the engine keeps names that it does not know to
itself, so check it first.

\`\`\`json
{
  "mesh-injection": {
    "exempt": [
      {
        "object": "Deployment/redis/legacy",
        "code": "I21",
        "reason": "the operator breaks behind a sidecar",
        "until": "2027-01-31"
      }
    ]
  }
}
\`\`\`

\`object\` is \`Kind/namespace/name\` as in the message, or a URN. An exempt finding stays visible as an advisory.
`;

function mark(level: string) {
  return level === "mandatory" ? "**mandatory**" : level;
}

function row([id, code]: [string, Check]) {
  const what = `${code.what.charAt(0).toUpperCase()}${code.what.slice(1)}.`;
  return `| ${id} | ${what} ${code.why} | ${code.fix} | ${mark(code.prod)} | ${code.dev} |`;
}

function section(policy: Policy) {
  const kind = policy.checkStack === undefined ? "each resource" : "the whole stack";
  const settings = Object.entries(policy.settings ?? {}).map(
    ([name, setting]) =>
      `- Setting \`${name}\` (${setting.type}, default \`${JSON.stringify(setting.default)}\`): ${setting.description}`,
  );
  return [
    `### ${policy.name}`,
    "",
    `${policy.title}. ${policy.description}`,
    "",
    `Severity ${policy.severity}; judges ${kind}; tags: ${policy.tags.join(", ")}.${policy.locked === true ? " **Locked.**" : ""}`,
    "",
    "| code | what and why | fix | prod | dev |",
    "| --- | --- | --- | --- | --- |",
    ...Object.entries(policy.checks).map(row),
    ...(policy.limits === undefined ? [] : ["", `Limits: ${policy.limits}`]),
    ...(settings.length === 0 ? [] : ["", ...settings]),
    "",
  ].join("\n");
}

export function document(all: Policy[]): Promise<string> {
  const list = all.map(
    ({ name, title, severity, locked, checks }) =>
      `| [${name}](#${name}) | ${title} | ${severity} | ${locked === true ? "yes" : ""} | ${Object.keys(checks).join(", ")} |`,
  );
  const text = [
    INTRODUCTION,
    "## All policies",
    "",
    "| policy | in a word | severity | locked | checks |",
    "| --- | --- | --- | --- | --- |",
    ...list,
    "",
    ...all.map(section),
  ].join("\n");
  return format(text, { parser: "markdown", printWidth: 100 });
}
