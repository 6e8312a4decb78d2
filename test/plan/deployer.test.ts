import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { parseAllDocuments } from "yaml";
import { merge } from "../../local/stack/stacks.ts";
import { deployerOf } from "../../plan/deployer.ts";
import { stackSettings } from "../../plan/render.ts";
import { namespacesOf, partNames } from "../../platform/parts.ts";
import { parseSettings } from "../../settings/index.ts";
import { isClusterScoped, resourceOf } from "../docs/support/charts.ts";
import { allows, type Document } from "../docs/support/rights.ts";
import { existing } from "../support/existing.ts";
import { type Change, synth } from "../support/synth.ts";

const settings = (change: Change) =>
  parseSettings("f", JSON.parse(JSON.stringify(merge(stackSettings("prod"), change))));
const documents = (change: Change) => deployerOf(settings(change)) as Document[];
const rules = (change: Change) =>
  documents(change).find(
    ({ kind, metadata }) => kind === "ClusterRole" && metadata.name === "shlink-deployer",
  )?.rules ?? [];

describe("The deployer of a stack", () => {
  it("is that of docs/deployer.yaml where the stack brings everything", () => {
    const all = parseAllDocuments(readFileSync("docs/deployer.yaml", "utf8"));
    assert.deepEqual(
      documents({}),
      all.map((one) => one.toJS() as object),
    );
  });

  it("may make a token of the one account with which it logs in to a Vault of others", () => {
    const { vault } = existing("vault") as { vault: object };
    const login = {
      mode: "kubernetes",
      path: undefined,
      file: undefined,
      namespace: "ci",
      account: "robot",
    };
    const own = documents({ vault: { ...vault, login } }).filter(
      ({ metadata }) => metadata.namespace === "ci",
    );
    assert.deepEqual(
      own.map(({ kind }) => kind),
      ["Role", "RoleBinding"],
    );
    assert.deepEqual(own[0]?.rules, [
      {
        apiGroups: [""],
        resources: ["serviceaccounts/token"],
        resourceNames: ["robot"],
        verbs: ["create"],
      },
    ]);
  });

  for (const part of partNames) {
    it(`has no right in a namespace of ${part} that is there, and over nothing of it`, () => {
      const others: string[] = namespacesOf([part]);
      for (const { kind, metadata } of documents(existing(part))) {
        assert.ok(!others.includes(metadata.namespace ?? ""), metadata.name);
        if (kind === "Namespace") assert.ok(!others.includes(metadata.name));
      }
      const before = rules({}).flatMap(({ resourceNames = [] }) => resourceNames);
      const after = rules(existing(part)).flatMap(({ resourceNames = [] }) => resourceNames);
      assert.ok(after.length < before.length);
      for (const name of others) assert.ok(!after.includes(name), name);
    });

    it(`still may make and change all that a stack without ${part} makes in the whole cluster`, async () => {
      const { registrations } = await synth("prod", existing(part));
      const mine = registrations
        .filter(({ type }) => type.startsWith("kubernetes:") && !type.includes("helm.sh"))
        .map(({ type, inputs }) => ({
          right: resourceOf(type),
          name: (inputs["metadata"] as { name: string }).name,
        }))
        .filter(({ right }) => isClusterScoped(right));
      assert.ok(mine.length > 10);
      for (const { right, name } of mine)
        assert.ok(allows(rules(existing(part)), "patch", right, name), `${right.resource} ${name}`);
    });
  }
});
