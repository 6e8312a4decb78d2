/** What a mutant has to get past: every case, the generated tables, and the adversarial list. */

import type { hostScope } from "../../../policy/engine/hosts.ts";
import type { readHcl } from "../../../policy/engine/hcl.ts";
import type { levelOf } from "../../../policy/engine/levels.ts";
import type { plaintextListeners } from "../../../policy/engine/vault-config.ts";
import { accepted, caught } from "./adversarial.ts";
import { suites } from "./suites.ts";
import { decoys, hostDresses, hostNames, hostSpaces, keys, places, values } from "./generators.ts";
import {
  failuresInDev,
  failuresInProd,
  failuresWhenExempt,
  TODAY,
  urnOf,
  type Pack,
} from "./run.ts";

export interface WholePack extends Pack {
  hostScope: typeof hostScope;
  readHcl: typeof readHcl;
  plaintextListeners: typeof plaintextListeners;
  levelOf: typeof levelOf;
}

/** True when the pack is as it should be. */
export type Trial = (pack: WholePack) => boolean;

const caseTrials: Trial[] = suites.flatMap((suite) =>
  suite.cases.map((one): Trial => (pack) => {
    if (failuresInProd(pack, suite, one).length > 0) return false;
    return (
      failuresInDev(pack, suite, one).length === 0 &&
      failuresWhenExempt(pack, suite, one).length === 0
    );
  }),
);

const hclTrials: Trial[] = places.flatMap(([, place, separator]) =>
  values.map(([value, expected]): Trial => (pack) => {
    const key = separator === ":" ? keys[keys.length - 1] : keys[0];
    return (separator === ":" ? [decoys[0]] : decoys).every((decoy) => {
      const text = place(`${key ?? ""} ${separator} ${value}`);
      const body = pack.readHcl(decoy?.(text) ?? text);
      const verdicts = body === undefined ? ["unreadable"] : pack.plaintextListeners(body);
      const worst = verdicts.includes("true")
        ? "true"
        : verdicts.length > 0
          ? "unreadable"
          : "none";
      return worst === expected;
    });
  }),
);

const hostTrials: Trial[] = hostNames.map(
  ([name, scope]): Trial =>
    (pack) =>
      hostDresses.every((dress) =>
        hostSpaces.every(([space, kind]) => {
          const expected = scope === "all" && kind === "one" ? "namespace-all" : scope;
          return pack.hostScope(`${space}${dress(name)}`) === expected;
        }),
      ),
);

const adversarialTrials: Trial[] = [
  ...caught.map(([, fixture, code]) => ({ fixture, code, stack: "prod" as const })),
  ...accepted.map(([, fixture, stack = "prod"]) => ({ fixture, code: undefined, stack })),
].map(({ fixture, code, stack }): Trial => (pack) => {
  const urn = urnOf(stack, fixture);
  const options = { stack, today: TODAY };
  const found = pack.policies
    .filter(({ locked }) => locked === true)
    .flatMap((policy) => pack.judgeResource(policy, pack.resourceOf({ ...fixture, urn }), options))
    .filter(({ level }) => level === "mandatory")
    .map((finding) => finding.code);
  return code === undefined ? found.length === 0 : found.includes(code) && !found.includes("X00");
});

/** The level of the check, the cap of the configuration, and what comes of them. */
const levels = [
  ["mandatory", undefined, "mandatory"],
  ["mandatory", "mandatory", "mandatory"],
  ["mandatory", "advisory", "advisory"],
  ["mandatory", "off", "off"],
  ["advisory", "mandatory", "advisory"],
  ["off", undefined, "off"],
  ["off", "advisory", "off"],
] as const;
const levelTrials = levels.map(
  ([level, cap, expected]): Trial =>
    (pack) =>
      pack.levelOf({ prod: level, dev: "off" }, "prod", cap) === expected,
);

export const trials: Trial[] = [
  ...caseTrials,
  ...hclTrials,
  ...hostTrials,
  ...adversarialTrials,
  ...levelTrials,
];
