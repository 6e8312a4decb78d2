import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { marking } from "../../../components/namespaces/marking.ts";
import { stackLabel, stackMark } from "../../../platform/marks.ts";
import { render, stackSettings } from "../../../plan/render.ts";

const isObject = (type: string) =>
  type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/");

describe("The mark of a stack", () => {
  it("is on every Kubernetes object that a stack registers, beside the object's own labels", async () => {
    for (const [stack, file] of [
      ["dev", "dev"],
      ["prod", "prod"],
      ["x".repeat(100), "dev"],
    ] as const) {
      const { registrations } = await render(stack, stackSettings(file));
      const objects = registrations.filter(({ type }) => isObject(type));
      assert.ok(objects.length > 80);
      for (const { type, name, inputs } of objects) {
        const { labels = {}, annotations = {} } = inputs["metadata"] as Partial<
          Record<"labels" | "annotations", Record<string, string>>
        >;
        assert.equal(labels[stackLabel], stackMark(stack), `${type} ${name}`);
        // Whoever scales by hand becomes an owner of that field, and would stop every later update of it.
        assert.equal(annotations["pulumi.com/patchForce"], "true", `${type} ${name}`);
      }
      const labels = objects.map(({ inputs }) => (inputs["metadata"] as { labels: object }).labels);
      assert.ok(labels.some((one) => "app" in one && one.app === "shlink"));
    }
  });

  it("is a label's value, whatever the stack's name", () => {
    assert.equal(stackMark("prod"), "prod");
    assert.equal(stackMark("a.b_c-1"), "a.b_c-1");
    const names = ["x".repeat(64), "x".repeat(65), "_prod", "prod.", "-", "größe", "a/b", "a b"];
    const marks = names.map(stackMark);
    for (const mark of marks) assert.match(mark, /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/);
    assert.equal(new Set(marks).size, names.length);
  });

  it("waits for labels that are not known yet, and leaves everything else alone", async () => {
    const transform = marking("dev");
    const of = (type: string, props: object) =>
      transform({ type, name: "n", props, opts: {}, resource: undefined as never });
    for (const type of [
      "kubernetes:helm.sh/v3:Release",
      "pulumi:providers:kubernetes",
      "vault:index:Mount",
    ])
      assert.equal(of(type, {}), undefined, type);
    const late = of("kubernetes:core/v1:Secret", {
      metadata: pulumi.output({ name: "s", labels: pulumi.output({ app: "a" }) }),
      data: { key: "value" },
    });
    const { metadata, data } = (late?.props ?? {}) as {
      metadata: pulumi.Output<object>;
      data: object;
    };
    const known = await new Promise((resolve) => pulumi.output(metadata).apply(resolve));
    assert.deepEqual(known, {
      name: "s",
      labels: { app: "a", [stackLabel]: "dev" },
      annotations: { "pulumi.com/patchForce": "true" },
    });
    assert.deepEqual(data, { key: "value" });
  });
});
