import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { hostScope, type HostScope } from "../../policy/engine/hosts.js";
import { readHcl } from "../../policy/engine/hcl.js";
import { plaintextListeners } from "../../policy/engine/vault-config.js";
import { numbers } from "./support/numbers.ts";
import { pack } from "./support/pack.ts";
import { judge, policyOf } from "./support/run.ts";

type Outcome = "true" | "unreadable" | "none";

/** A value as it is written, and what Vault makes of it. */
const values: [string, Outcome][] = [
  ...["1", "2", "-1", "+1", "0x1", "0XFF", "01", "1.0", "0.5", ".5", "1e0", "1E2", "true"].map(
    (text): [string, Outcome] => [text, "true"],
  ),
  ...["1", "t", "T", "true", "TRUE", "True"].map((text): [string, Outcome] => [
    `"${text}"`,
    "true",
  ]),
  ...["0", "00", "0x0", "0.0", "-0", "0e5", "false"].map((text): [string, Outcome] => [
    text,
    "none",
  ]),
  ...["", "0", "f", "F", "false", "FALSE", "False"].map((text): [string, Outcome] => [
    `"${text}"`,
    "none",
  ]),
  ...["yes", "on", "no", "off", "2", "tRuE", "1.0", " 1", "enabled"].map(
    (text): [string, Outcome] => [`"${text}"`, "unreadable"],
  ),
  ...["[]", "[1]", "{}", "yes", "null"].map((text): [string, Outcome] => [text, "unreadable"]),
];

const bareKeys = ["tls_disable", "TLS_DISABLE", "Tls_Disable"];
const keys = [...bareKeys, ...bareKeys.map((key) => `"${key}"`)];

/** What stands around the entry; the entry has its own separator. */
const places: [string, (entry: string) => string, "=" | ":"][] = [
  ["a block", (entry) => `listener "tcp" {\n  ${entry}\n}\n`, "="],
  ["a block with a bare label", (entry) => `listener tcp {\n  ${entry}\n}\n`, "="],
  ["a block in capitals", (entry) => `LISTENER "TCP" {\n  ${entry}\n}\n`, "="],
  ["a quoted block", (entry) => `"listener" "tcp" {\n  ${entry}\n}\n`, "="],
  ["a block on one line", (entry) => `listener "tcp" { ${entry} }`, "="],
  ["an assigned object", (entry) => `listener = { tcp = { ${entry} } }`, "="],
  ["an assigned list", (entry) => `listener = [{ tcp = { ${entry} } }]`, "="],
  [
    "the second listener",
    (entry) => `listener "tcp" {\n a = 1\n}\nlistener "tcp" {\n ${entry}\n}`,
    "=",
  ],
  [
    "a listener with telemetry",
    (entry) => `listener "tcp" {\n telemetry {\n a = true\n }\n ${entry}\n}`,
    "=",
  ],
  ["JSON", (entry) => `{"listener":{"tcp":{${entry}}}}`, ":"],
  ["a JSON list of listeners", (entry) => `{"listener":[{"tcp":{"a":1}},{"tcp":{${entry}}}]}`, ":"],
  ["a JSON list of bodies", (entry) => `{"listener":{"tcp":[{"a":1},{${entry}}]}}`, ":"],
  ["capitals in JSON", (entry) => `{ "ui": true, "LISTENER": { "TCP": { ${entry} } } }`, ":"],
];

/** Things that must not change the outcome. */
const decoys: ((text: string) => string)[] = [
  (text) => text,
  (text) => `# tls_disable = 1\n// listener "tcp" { tls_disable = 1 }\n${text}`,
  (text) => `/* listener "tcp" {\n tls_disable = 1 } */ ${text} # tls_disable = true`,
  (text) => `note = "listener tcp { tls_disable = 1 }"\n${text}`,
  (text) => `note = <<EOF\nlistener "tcp" {\n  tls_disable = 1\n}\nEOF\n${text}`,
  (text) => `listener "unix" {\n  tls_disable = 1\n}\n${text}`,
  (text) => `tls_disable = 1\nstorage "raft" {\n tls_disable = true\n}\n${text}`,
];

function outcomeOf(text: string): Outcome {
  const body = readHcl(text);
  if (body === undefined) return "unreadable";
  const verdicts = plaintextListeners(body);
  return verdicts.includes("true") ? "true" : verdicts.length > 0 ? "unreadable" : "none";
}

function findingOf(text: string): Outcome {
  const vault = {
    type: "kubernetes:helm.sh/v3:Release",
    name: "vault",
    props: {
      chart: "vault",
      values: { global: { tlsDisable: false }, server: { standalone: { config: text } } },
    },
  };
  const [finding] = judge(pack, policyOf(pack, "vault-server-tls"), [vault]);
  if (finding === undefined) return "none";
  return finding.headline.includes("has tls_disable on") ? "true" : "unreadable";
}

describe("every spelling of tls_disable", () => {
  for (const [title, place, separator] of places) {
    it(`is read as Vault reads it in ${title}`, () => {
      for (const key of separator === ":" ? keys.filter((one) => one.startsWith('"')) : keys) {
        for (const [value, expected] of values) {
          const text = place(`${key} ${separator} ${value}`);
          for (const decoy of separator === ":" ? [decoys[0]] : decoys) {
            const whole = decoy?.(text) ?? text;
            numbers.generated += 1;
            assert.equal(outcomeOf(whole), expected, whole);
          }
          assert.equal(findingOf(text), expected, text);
        }
      }
    });
  }

  it("counts a repeated key by its worst value", () => {
    for (const [first, one] of values) {
      for (const [second, two] of values) {
        const text = `listener "tcp" {\n tls_disable = ${first}\n TLS_DISABLE = ${second}\n}`;
        const worst = [one, two].includes("true")
          ? "true"
          : [one, two].includes("unreadable")
            ? "unreadable"
            : "none";
        numbers.generated += 1;
        assert.equal(outcomeOf(text), worst, text);
      }
    }
  });
});

describe("every form of a host", () => {
  const names: [string, HostScope][] = [
    ["*", "all"],
    ["*.*", "all"],
    ["*.", "all"],
    ["*.com", "public-suffix"],
    ["*.local", "public-suffix"],
    ["*.co.uk", "public-suffix"],
    ["*.com.au", "public-suffix"],
    ["*.github.io", "public-suffix"],
    ["*.example.com", "subdomain"],
    ["*.a.co.uk", "subdomain"],
    ["*.example.uk", "subdomain"],
    ["s.example.com", "exact"],
    ["localhost", "exact"],
    ["192.0.2.1", "exact"],
    ["2001:db8::1", "exact"],
    ["xn--bcher-kva.example", "exact"],
    ["a.*.com", "invalid"],
    ["a*", "invalid"],
    ["*a.com", "invalid"],
    ["*.a.*", "invalid"],
    ["a b.com", "invalid"],
    ["${host}", "invalid"],
    ["", "empty"],
  ];
  const dresses: ((name: string) => string)[] = [
    (name) => name,
    (name) => ` ${name}\n`,
    (name) => name.toUpperCase(),
    (name) => `"${name}"`,
    (name) => `'${name}'`,
    (name) => (name === "" ? name : `${name}.`),
    (name) => name.replaceAll("*", "\uFF0A"),
  ];
  const spaces: [string, "any" | "one"][] = [
    ["", "any"],
    ["*/", "any"],
    ["./", "one"],
    ["shlink/", "one"],
    [" shlink /", "one"],
  ];

  it("is classified by what it matches, whatever its dress", () => {
    for (const [name, scope] of names) {
      for (const dress of dresses) {
        for (const [space, kind] of spaces) {
          const host = `${space}${dress(name)}`;
          const expected = scope === "all" && kind === "one" ? "namespace-all" : scope;
          numbers.generated += 1;
          assert.equal(hostScope(host), expected, JSON.stringify(host));
        }
      }
    }
  });

  it("is nothing when it is no text", () => {
    for (const value of [undefined, null, 7, true, [], {}, ["*"]])
      assert.equal(hostScope(value), "invalid");
  });
});
