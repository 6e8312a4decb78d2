import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "mocha";
import { stringify, parse } from "yaml";
import { applyAsAdministrator } from "../../local/cluster/index.ts";
import { chartMirror, pulumiFolder, repository } from "../../local/lib/paths.ts";
import type { RunResult } from "../../local/lib/run.ts";
import { monitorDefinitions } from "../../local/rehearsal/definitions.ts";
import { existingPulumi } from "../../local/stack/pulumi.ts";
import { merge, type StackName } from "../../local/stack/stacks.ts";
import { auditLog, kubernetes } from "./platform.ts";
import { violations } from "./violations/violations.ts";

/** The pack with the configuration that the workflows give to a stack; it says of which class the stack is. */
const packFor = (stack: StackName) => [
  ...["--policy-pack", join(repository, "policy/pack")],
  ...[
    "--policy-pack-config",
    join(repository, `policy/config/${stack === "dev" ? "dev" : "prod"}.json`),
  ],
];
const all = Object.keys(violations);

/** Tests for a running cluster without the platform: what the pack lets through, and what it does not. */
export function policiesInTheEngine(): void {
  it("lets prod through the policy pack as it is, without a mandatory finding", async () => {
    // Production's cluster has a Prometheus operator, and the program asks for its definitions.
    await applyAsAdministrator(await monitorDefinitions());
    const prod = existingPulumi("prod-rehearsal");
    const { code, output } = await prod.run("preview", ...packFor("prod-rehearsal"));
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /\[mandatory\]/);
  });

  it("refuses each violation in the preview of the real prod program, and writes none", async () => {
    const { code, output } = await violate("prod-rehearsal", { names: all }, "up", "--yes");
    assert.notEqual(code, 0, output);
    for (const name of all) assert.match(output, refusal(violations[name]?.policy ?? "", name));
    assert.deepEqual(writesOf(all), []);
  });

  for (const name of ["bad-gateway", "bad-ingress", "bad-vault-hcl", "bad-vault-release"])
    it(`refuses ${name} also at an update without a preview, and writes nothing of it`, async () => {
      const alone = { names: [name], alone: true };
      const { code, output } = await violate("prod-rehearsal", alone, "up", "--yes", "-f");
      assert.notEqual(code, 0, output);
      assert.match(output, refusal(violations[name]?.policy ?? "", name));
      assert.deepEqual(writesOf([name]), []);
    });

  it("only warns of violations in dev", async () => {
    const names = ["bad-ingress", "bad-vault-hcl"];
    const { code, output } = await violate("dev", { names, alone: true }, "up", "--yes", "-f");
    assert.equal(code, 0, output);
    for (const name of names) assert.match(output, warning(violations[name]?.policy ?? "", name));
    assert.deepEqual(writesOf(names), names);
  });

  it("destroys what the policies would refuse", async () => {
    const { code, output } = await remove("dev");
    assert.equal(code, 0, output);
    const { core } = kubernetes();
    const maps = await core.listNamespacedConfigMap({ namespace: "default" });
    assert.ok(!maps.items.some(({ metadata }) => metadata?.name === "bad-vault-hcl"));
  });
}

const refusal = (policy: string, resource: string) => finding("mandatory", policy, resource);
const warning = (policy: string, resource: string) => finding("advisory", policy, resource);

/** How the engine tells a finding: policy and level first, the resource in brackets behind. */
function finding(level: string, policy: string, resource: string): RegExp {
  return new RegExp(`\\[${level}\\][^\\n]*${policy}[^\\n]*\\([^\\n]*: ${resource}\\)`);
}

interface Chosen {
  names: string[];
  /** Without the platform. */
  alone?: boolean;
}

function violate(
  stack: StackName,
  { names, alone }: Chosen,
  ...args: string[]
): Promise<RunResult> {
  const env = { VIOLATIONS: names.join(","), PLATFORM: alone === true ? "without" : "with" };
  return violating(stack, env).run(...args, ...packFor(stack));
}

const remove = (stack: StackName) => violating(stack, {}).run("destroy", "--yes", "-f");

function violating(stack: StackName, env: Record<string, string>) {
  writeFileSync(...ownConfig(stack));
  const cwd = join(repository, "test/e2e/violations");
  return existingPulumi(stack, { cwd, configFile: configFile(stack), env });
}

const configFile = (stack: StackName) => join(pulumiFolder, `Pulumi.${stack}.violations.yaml`);

/** The stack's file with an absolute mirror: that program runs in a folder of its own. */
function ownConfig(stack: StackName): [file: string, text: string] {
  const text = readFileSync(join(pulumiFolder, `Pulumi.${stack}.yaml`), "utf8");
  const mirror = { "shlink-platform:settings": { charts: { mirror: chartMirror } } };
  return [configFile(stack), stringify(merge(parse(text), { config: mirror }))];
}

interface AuditEvent {
  verb: string;
  requestURI: string;
  objectRef?: { name?: string };
}

/** Which of these objects somebody tried to write, by the API server's own audit log. */
function writesOf(names: string[]): string[] {
  const written = auditLog<AuditEvent>()
    .filter(({ verb, requestURI }) => isWrite(verb) && !requestURI.includes("dryRun="))
    .map(({ objectRef }) => objectRef?.name ?? "");
  return names.filter((name) => written.includes(name));
}

const isWrite = (verb: string) => ["create", "update", "patch"].includes(verb);
