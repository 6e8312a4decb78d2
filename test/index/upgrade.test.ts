import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { render, stackSettings } from "../../plan/render.ts";
import { Upgrade } from "../support/upgrade.ts";

const internal = { mode: "internal", validityDays: 30, renewBeforeDays: 10 };

/** The stacks of the repository, and prod with every certificate of the program's own authority. */
const cases = {
  dev: () => ["dev", stackSettings("dev")],
  prod: () => ["prod", stackSettings("prod")],
  certified: () => {
    const settings = stackSettings("prod") as Record<string, { tls: object }>;
    for (const part of ["vault", "routing"]) Object.assign(settings[part] ?? {}, { tls: internal });
    return ["prod", settings];
  },
} satisfies Record<string, () => [string, Record<string, unknown>]>;

/** The URNs that the program registered at commit 8387b30, without their stack and project. */
const states = JSON.parse(
  readFileSync(new URL("urns-8387b30.json", import.meta.url), "utf8"),
) as Record<keyof typeof cases, string[]>;

const names = Object.keys(cases) as (keyof typeof cases)[];

for (const name of names)
  describe(`An update of a stack that was made by 8387b30 (${name})`, () => {
    it("finds every resource again, and makes none anew but components, the claim and a page", async () => {
      const upgrade = new Upgrade(states[name]);
      await render(...cases[name](), (registered) => {
        upgrade.register(registered);
        return undefined;
      });
      const lost = states[name].filter((urn) => !upgrade.taken.has(urn));
      assert.deepEqual(lost, [], "each would be deleted, and made anew under another URN");
      const added = /(^|\$)shlink-platform:index:\w+::|WebClient\$|NetworkPolicy::web-client$/;
      const anew = upgrade.created.filter((urn) => !added.test(urn));
      assert.deepEqual(anew, [
        "shlink-platform:index:Claim$random:index/randomUuid:RandomUuid::claim",
      ]);
    });
  });

describe("Every component", () => {
  for (const name of names)
    it(`is finished once it says so: it makes nothing later (${name})`, async () => {
      const finished = new Map<pulumi.Resource, number>();
      const proto = pulumi.ComponentResource.prototype as unknown as Finishing;
      const original = proto.registerOutputs;
      proto.registerOutputs = function (this: pulumi.Resource) {
        // The SDK calls it once more, for components that never do.
        if (!finished.has(this)) finished.set(this, childrenOf(this));
        original.call(this);
      };
      const registered: pulumi.Resource[] = [];
      try {
        await render(...cases[name](), ({ resource }) => {
          registered.push(resource);
          return undefined;
        });
      } finally {
        proto.registerOutputs = original;
      }
      const components = registered.filter((one) => one instanceof pulumi.ComponentResource);
      assert.ok(components.length > 10);
      for (const component of components)
        assert.equal(childrenOf(component), finished.get(component), typeOf(component));
    });
});

interface Finishing {
  registerOutputs: (this: pulumi.Resource) => void;
}

interface Family {
  __childResources?: Set<pulumi.Resource>;
  __pulumiType?: string;
}

const childrenOf = (resource: pulumi.Resource) =>
  (resource as unknown as Family).__childResources?.size ?? 0;
const typeOf = (resource: pulumi.Resource) => (resource as unknown as Family).__pulumiType;
