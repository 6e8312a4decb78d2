import { after, describe, it } from "mocha";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError, readConfig } from "../../policy/engine/config.ts";
import { levelOf } from "../../policy/engine/levels.ts";
import { exemptionFor } from "../../policy/engine/exemptions.ts";
import { badFile } from "../../policy/engine/files.ts";
import { policies } from "../../policy/rules.ts";
import { runProgram } from "../support/program.ts";
import { TODAY } from "./support/run.ts";

const folder = new URL("../../policy/config/", import.meta.url);
const exempt = { object: "Job/shlink/x", reason: "agreed with the team", until: "2026-12-31" };

function refusal(config: unknown): string {
  try {
    readConfig(policies, config, TODAY);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return "accepted";
}

describe("the policy configuration", () => {
  const own = mkdtempSync(join(tmpdir(), "policy-config-"));
  after(() => rmSync(own, { recursive: true }));

  for (const file of readdirSync(folder)) {
    it(`${file} names known policies only and lowers nothing that is locked`, () => {
      const config: unknown = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
      assert.equal(refusal(config), "accepted");
    });
  }

  const refused: [string, unknown, string][] = [
    [
      "no object",
      [],
      "Policy config: the file must hold one JSON object with policy names as keys.",
    ],
    ["null", null, "Policy config: the file must hold one JSON object with policy names as keys."],
    [
      "an unknown policy",
      { "wildcard-host-istio": "advisory" },
      'Policy config: "wildcard-host-istio" is not a policy of this pack (did you mean "wildcard-hosts-istio"?); docs/policies.md lists them.',
    ],
    [
      "a bad level",
      { "host-access": "loud" },
      'Policy config: the level of "host-access" must be one of mandatory, advisory, disabled.',
    ],
    [
      "a level of the wrong type",
      { "host-access": { enforcementLevel: 7 } },
      'Policy config: the level of "host-access" must be one of mandatory, advisory, disabled.',
    ],
    [
      "neither level nor object",
      { "host-access": 7 },
      'Policy config: "host-access" must be a level or an object.',
    ],
    ...["dev", null, {}, { class: "test" }, { class: "dev", enforcementLevel: "mandatory" }].map(
      (given): [string, unknown, string] => [
        `the class ${JSON.stringify(given)}`,
        { "stack-class": given },
        'Policy config: "stack-class" must be { "class": "prod" } or { "class": "dev" }.',
      ],
    ),
    [
      "a lowered locked policy",
      { "vault-server-tls": "advisory" },
      'Policy config: "vault-server-tls" is locked and cannot be lowered to advisory, neither by its name nor by "all".',
    ],
    [
      "a disabled locked policy",
      { "vault-server-tls": { enforcementLevel: "disabled" } },
      'Policy config: "vault-server-tls" is locked and cannot be lowered to disabled, neither by its name nor by "all".',
    ],
    [
      "a level that only other packs know",
      { "host-access": "remediate" },
      'Policy config: the level of "host-access" must be one of mandatory, advisory, disabled.',
    ],
    [
      "all lowered",
      { all: "disabled" },
      'Policy config: "wildcard-hosts-istio" is locked and cannot be lowered to disabled, neither by its name nor by "all".',
    ],
    [
      "an exempt object of a locked policy",
      { "vault-server-tls": { exempt: [exempt] } },
      'Policy config: "vault-server-tls" is locked and takes no exemptions.',
    ],
    [
      "an unknown setting",
      { "host-access": { colour: "red" } },
      'Policy config: "host-access" has no setting "colour".',
    ],
    [
      "a setting of the wrong type",
      { "host-scope": { allowedWildcardDomains: "a" } },
      'Policy config: "host-scope.allowedWildcardDomains" must be a list of strings.',
    ],
    [
      "a setting with wrong elements",
      { "host-scope": { allowedWildcardDomains: [1] } },
      'Policy config: "host-scope.allowedWildcardDomains" must be a list of strings.',
    ],
    [
      "exemptions that are no list",
      { "host-access": { exempt: {} } },
      'Policy config: "host-access.exempt" must be a list.',
    ],
    [
      "an exemption of nothing",
      { "host-access": { exempt: [7] } },
      'Policy config: "host-access.exempt[0].object" must name one object, as Kind/namespace/name.',
    ],
    [
      "an exemption of everything",
      { "host-access": { exempt: [{ ...exempt, object: "Job/*" }] } },
      'Policy config: "host-access.exempt[0].object" must name one object, as Kind/namespace/name.',
    ],
    [
      "an exemption without object",
      { "host-access": { exempt: [{ ...exempt, object: "" }] } },
      'Policy config: "host-access.exempt[0].object" must name one object, as Kind/namespace/name.',
    ],
    [
      "an exemption without reason",
      { "host-access": { exempt: [{ ...exempt, reason: "because" }] } },
      'Policy config: "host-access.exempt[0].reason" must say in a few words why Job/shlink/x may pass.',
    ],
    [
      "an exemption from an unknown code",
      { "host-access": { exempt: [{ ...exempt, code: "K99" }] } },
      'Policy config: "host-access.exempt[0].code" must be one of K09, K09a, K09b.',
    ],
    [
      "an exemption with a misspelt key, which would make it wider than it looks",
      { "host-access": { exempt: [{ ...exempt, cod: "K09" }] } },
      'Policy config: "host-access.exempt[0]" has no "cod", only object, code, reason and until.',
    ],
    [
      "an exemption without end",
      { "host-access": { exempt: [{ ...exempt, until: undefined }] } },
      'Policy config: "host-access.exempt[0].until" must be a day, as YYYY-MM-DD.',
    ],
    [
      "an exemption until no day",
      { "host-access": { exempt: [{ ...exempt, until: "2026-13-41" }] } },
      'Policy config: "host-access.exempt[0].until" must be a day, as YYYY-MM-DD.',
    ],
    [
      "an expired exemption",
      { "host-access": { exempt: [{ ...exempt, until: "2026-05-31" }] } },
      'Policy config: the exemption of Job/shlink/x from "host-access" expired on 2026-05-31.',
    ],
  ];
  for (const [title, config, message] of refused) {
    it(`is refused with one sentence: ${title}`, () => {
      assert.equal(refusal(config), message);
    });
  }

  const bad: [string, object, string][] = [
    ["an unknown policy", { "vault-server-tsl": "mandatory" }, "is not a policy of this pack"],
    ["a lowered locked policy", { "vault-server-tls": "advisory" }, "is locked and cannot be"],
    ["everything switched off", { all: "disabled" }, "is locked and cannot be lowered"],
    ["a bad value", { "host-scope": { allowedWildcardDomains: 7 } }, "must be a list of strings"],
    [
      "an expired exemption",
      { "host-access": { exempt: [{ ...exempt, until: "2020-01-01" }] } },
      "expired on 2020-01-01",
    ],
  ];
  for (const [title, config, reason] of bad) {
    const file = join(own, "prod.json");
    const sentence = new RegExp(`^[^\\n]*Policy config: [^\\n]*${reason}[^\\n]*\\.\\n?$`);

    it(`stops check.js with one sentence: ${title}`, async () => {
      writeFileSync(file, JSON.stringify(config));
      const { code, stdout, stderr } = await runProgram("policy/check.ts", ["--config", file]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, sentence);
    });

    it(`stops the pack with one sentence: ${title}`, () => {
      writeFileSync(file, JSON.stringify(config));
      const bad = badFile(policies, pathToFileURL(`${own}/`), TODAY);
      assert.match(bad ?? "", sentence);
    });
  }

  it("says of what class the stack is, and prod when it does not", () => {
    const classOf = (config: object) => readConfig(policies, config, TODAY).stackClass;
    assert.equal(classOf({}), "prod");
    assert.equal(classOf({ "stack-class": { class: "prod" } }), "prod");
    assert.equal(classOf({ "stack-class": { class: "dev" } }), "dev");
  });

  it("lowers, switches off, sets and exempts what is not locked", () => {
    const { policies: read } = readConfig(
      policies,
      {
        "host-access": "advisory",
        "rbac-scope": { enforcementLevel: "disabled" },
        "host-scope": { enforcementLevel: "mandatory", allowedWildcardDomains: ["a.example.com"] },
        "mesh-mtls": { exempt: [{ ...exempt, code: "I06", until: TODAY }] },
        "vault-server-tls": "mandatory",
      },
      TODAY,
    );
    assert.equal(read.get("host-access")?.cap, "advisory");
    assert.equal(read.get("rbac-scope")?.cap, "off");
    assert.equal(read.get("host-scope")?.cap, undefined);
    assert.deepEqual(read.get("host-scope")?.settings, {
      allowedWildcardDomains: ["a.example.com"],
    });
    assert.deepEqual(read.get("mesh-mtls")?.exemptions, [{ ...exempt, code: "I06", until: TODAY }]);
    assert.equal(read.get("vault-audit"), undefined);
  });

  it("applies all to every policy that it does not name", () => {
    const open = policies.filter(({ locked }) => locked !== true);
    const { policies: read } = readConfig(
      open,
      { all: "advisory", "host-access": "mandatory" },
      TODAY,
    );
    assert.equal(read.get("rbac-scope")?.cap, "advisory");
    assert.equal(read.get("host-access")?.cap, undefined);
  });
});

describe("the level of a finding", () => {
  it("is lowered by a configuration, but never raised and never brought back", () => {
    const code = { prod: "mandatory", dev: "off" } as const;
    assert.equal(levelOf(code, "prod", undefined), "mandatory");
    assert.equal(levelOf(code, "prod", "mandatory"), "mandatory");
    assert.equal(levelOf(code, "prod", "advisory"), "advisory");
    assert.equal(levelOf(code, "prod", "off"), "off");
    assert.equal(levelOf(code, "dev", "advisory"), "off");
    assert.equal(levelOf({ prod: "advisory", dev: "advisory" }, "prod", "mandatory"), "advisory");
  });
});

describe("an exemption", () => {
  const finding = { object: "Job/shlink/x", urn: "urn:pulumi:prod::p::t::x", code: "K09" };

  it("fits one object by its name or its URN", () => {
    assert.equal(exemptionFor([exempt], finding, TODAY), exempt);
    const byUrn = { ...exempt, object: finding.urn };
    assert.equal(exemptionFor([byUrn], finding, TODAY), byUrn);
    assert.equal(exemptionFor([exempt], { ...finding, object: "Job/shlink/xy" }, TODAY), undefined);
  });

  it("fits one code when it names one", () => {
    assert.equal(exemptionFor([{ ...exempt, code: "K10" }], finding, TODAY), undefined);
    assert.ok(exemptionFor([{ ...exempt, code: "K09" }], finding, TODAY));
  });

  it("holds through its last day", () => {
    assert.ok(exemptionFor([exempt], finding, exempt.until));
    assert.equal(exemptionFor([exempt], finding, "2027-01-01"), undefined);
  });
});
