import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { merge } from "../../local/stack/stacks.ts";
import { stackSettings } from "../../plan/render.ts";
import { parseSettings } from "../../settings/index.ts";
import { refusedFrontDoors, refusedPods } from "./refusals.ts";

const digest = `sha256:${"0".repeat(64)}`;
const taint = { key: "dedicated", value: "shlink" };
const crunchy = { "registry.developers.crunchydata.com": "mirror.example.com" };

const accepted: [string, object][] = [
  [
    "a mirror with a port and a path",
    { registries: { "docker.io": "localhost:5000/hub/a_b", "r.example.com:8443": "m" } },
  ],
  [
    "a mirror of PGO's registry with the images",
    {
      registries: crunchy,
      images: Object.fromEntries(
        ["postgres", "pgbackrest", "postgresExporter"].map((name) => [
          name,
          `m.example.com/${name.toLowerCase()}@${digest}`,
        ]),
      ),
    },
  ],
  ["every taint", { tolerations: [{ operator: "Exists" }] }],
  [
    "a taint for a time",
    { tolerations: [{ ...taint, effect: "NoExecute", tolerationSeconds: 0 }] },
  ],
  ["an empty label", { labels: { "example.com/a": "" } }],
  [
    "labels and annotations of others",
    {
      labels: { appVersion: "1" },
      annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "true" },
    },
  ],
];

const parse = (pods: object) =>
  parseSettings("Pulumi.prod.yaml", merge(stackSettings("prod"), { pods }));

describe("Settings of all pods", () => {
  for (const [what, pods, message] of refusedPods)
    it(`refuse ${what}`, () => {
      assert.throws(
        () => parse(pods),
        (error: Error) => {
          assert.match(error.message, message);
          return true;
        },
      );
    });

  for (const [what, pods] of accepted)
    it(`accept ${what}`, () => {
      parse(pods);
    });

  it("say nothing where the stack file does not", () => {
    assert.deepEqual(parse({}).pods, {
      registries: {},
      pullSecrets: [],
      images: {},
      nodeSelector: {},
      tolerations: [],
      labels: {},
      annotations: {},
    });
  });

  it("have at least forty refusals, with those of the front door", () => {
    assert.ok(refusedFrontDoors.length + refusedPods.length >= 40);
  });
});
