import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { useApiServer } from "../support/api-server.ts";
import { runProgram, startProgram } from "../support/program.ts";
import { marked, served } from "./support/served.ts";
import { healthyFacts } from "./support/healthy.ts";

const doctor = (...args: string[]) => runProgram("doctor/main.ts", args);

describe("npm run doctor", () => {
  const api = useApiServer();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "doctor-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    api.answers = served(healthyFacts());
  });

  /** Makes Vault sealed, and everything that can be quoted full of secrets. */
  function breakAndMark(): void {
    const facts = healthyFacts();
    const text = `token=${marked.apiKey} ${marked.password} hvs.MARKEDtokenofvault MARKED`;
    const [store] = facts.secretStores;
    const involvedObject = { kind: "SecretStore", ...store!.metadata };
    store!.status!.conditions = [{ type: "Ready", status: "False", message: text }];
    facts.events.push({ involvedObject, type: "Warning", message: text });
    Object.assign(facts.pods[0]!.spec!, {
      containers: [{ name: "x", env: [{ name: "K", value: marked.key }] }],
    });
    Object.assign(facts.pods[0]!.metadata, { annotations: { last: marked.redis } });
    api.answers = served(facts);
    const vault = "GET /api/v1/namespaces/vault/pods/http:vault-0:8200/proxy/v1/sys/health";
    api.answers[vault] = { initialized: true, sealed: true, standby: true };
    api.answers["GET /api/v1/namespaces/vault/pods/vault-0/log"] = `the log says\n${text}`;
  }

  it("ends with 0 and one line where all is well, and tells what it does meanwhile", async () => {
    const args = ["--no-exec", "--settings", "Pulumi.dev.yaml"];
    const { code, stdout, stderr } = await startProgram("doctor/main.ts", args);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^Context here: \d+ of \d+ findings were looked for, none applies\.\n$/);
    assert.match(stderr, /s {2}Asking the API server http/);
  });

  it("ends with 3 and names the first broken link, its evidence, consequence, fix and runbook", async () => {
    breakAndMark();
    const { code, stdout } = await doctor("--no-exec");
    assert.equal(code, 3);
    assert.match(stdout, /^First broken link: vault - A Vault server is sealed \(vault-sealed\)$/m);
    assert.match(stdout, /^ {2}seen {9}vault-0 is sealed$/m);
    for (const part of ["consequence", "fix", "runbook"])
      assert.match(stdout, new RegExp(`^  ${part} +\\S`, "m"));
    assert.match(stdout, /docs\/runbooks\/vault-sealed\.md/);
    assert.match(stdout, /broken +secrets +secret-store-not-ready/);
  });

  it("says the same as JSON", async () => {
    breakAndMark();
    const { code, stdout } = await doctor("--no-exec", "--json");
    const answer = JSON.parse(stdout) as { exitCode: number; first: string; found: object[] };
    assert.deepEqual([code, answer.exitCode, answer.first], [3, 3, "vault-sealed"]);
    assert.ok(answer.found.length > 1);
  });

  it("shows no secret in any output, nor in the bundle, which has the logs", async () => {
    breakAndMark();
    const file = join(folder, "bundle.tar");
    const runs = [await doctor("--no-exec", "--bundle", file), await doctor("--no-exec", "--json")];
    const archive = readFileSync(file, "utf8");
    assert.match(archive, /logs\/vault\/vault-0-main\.log/);
    assert.match(archive, /the log says/);
    const texts = [archive, ...runs.flatMap(({ stdout, stderr }) => [stdout, stderr])];
    for (const text of texts)
      for (const value of [...Object.values(marked), "MARKEDtokenofvault"])
        for (const shape of [value, Buffer.from(value).toString("base64")])
          assert.ok(!text.includes(shape), shape);
  });

  it("shows what it found also where the bundle cannot be written, and takes the place of no file", async () => {
    breakAndMark();
    const nowhere = await doctor("--no-exec", "--bundle", join(folder, "no", "bundle.tar"));
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stdout, /^First broken link: vault/);
    assert.match(
      nowhere.stderr,
      /bundle\.tar cannot be written \(ENOENT.*\): name another file\.$/m,
    );
    api.calls.length = 0;
    const mine = join(folder, "mine");
    writeFileSync(mine, "mine");
    const { code, stderr } = await doctor("--bundle", mine);
    assert.deepEqual([code, api.calls], [1, []]);
    assert.match(stderr, /mine is there already: name another file \(--bundle\)\.$/m);
    assert.equal(readFileSync(mine, "utf8"), "mine");
  });

  it("ends with 2 for warnings alone", async () => {
    const { code, stdout } = await doctor("--no-exec", "--settings", "Pulumi.prod.yaml");
    assert.equal(code, 2);
    assert.match(stdout, /^Nothing is broken; first warning: upkeep .*settings-drift/);
  });

  it("ends with 4 where nothing was found and not everything was seen", async () => {
    delete api.answers["GET /api/v1/nodes"];
    const { code, stdout } = await doctor("--no-exec");
    assert.equal(code, 4);
    assert.match(stdout, /Not decided, for want of sight:\n.*node-not-ready/);
  });

  const wrong = join(tmpdir(), "no-such-stack-file.yaml");
  const refusals: [what: string, args: string[], says: RegExp][] = [
    ["an unknown option", ["--everything"], /--everything[^]*Usage: npm run doctor/],
    [
      "an unknown context",
      ["--context", "x"],
      /--context x: the kubeconfig has here, there; choose/,
    ],
    [
      "a stack file that is not there",
      ["--settings", wrong],
      /no-such-stack-file\.yaml: this stack/,
    ],
    ["a file that is none", ["--settings", "package.json"], /package\.json: there is no config/],
  ];
  for (const [what, args, says] of refusals)
    it(`refuses ${what} in a sentence, with 1`, async () => {
      const { code, stdout, stderr } = await doctor(...args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /^ +at /m);
    });

  it("refuses a stack file that is no YAML, and a kubeconfig that is not there", async () => {
    const file = join(folder, "Pulumi.x.yaml");
    writeFileSync(file, "config: [");
    assert.match((await doctor("--settings", file)).stderr, /Pulumi\.x\.yaml/);
    process.env["KUBECONFIG"] = join(folder, "nowhere");
    const { code, stderr } = await doctor();
    assert.equal(code, 1);
    assert.match(stderr, /^There is no kubeconfig: KUBECONFIG names .*nowhere, where no file is\./);
  });
});
