import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { readHcl } from "../../../policy/engine/hcl.ts";
import { plaintextListeners } from "../../../policy/engine/vault-config.ts";
import { decoys, keys, places, values, type Outcome } from "../support/generators.ts";
import { numbers } from "../support/numbers.ts";
import { pack } from "../support/pack.ts";
import { judge, policyOf } from "../support/run.ts";

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
