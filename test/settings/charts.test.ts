import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { merge } from "../../local/stack/stacks.ts";
import { stackSettings } from "../../plan/render.ts";
import { parseSettings } from "../../settings/index.ts";

const parse = (charts: object) =>
  parseSettings("Pulumi.prod.yaml", merge(stackSettings("prod"), { charts })).charts;
const digest = `sha256:${"0".repeat(64)}`;

/** What Helm would look for in vain, or would not check. */
const refused: [what: string, charts: object, message: RegExp][] = [
  [
    "charts without TLS",
    { mirror: "http://charts.example.com" },
    /mirror: must be a folder, or an address that begins/,
  ],
  ["a scheme without a host", { mirror: "oci://" }, /mirror: must be a folder, or an address/],
  [
    "a scheme in capitals",
    { mirror: "HTTPS://charts.example.com" },
    /mirror: must be a folder, or an address/,
  ],
  [
    "a mirror that ends with a slash",
    { mirror: "oci://r.example.com/charts/" },
    /mirror: must not end with a slash/,
  ],
  [
    "a range of versions",
    { versions: { istiod: "^1.30.0" } },
    /versions\.istiod: must be one exact version/,
  ],
  [
    "a version that is a number",
    { versions: { istiod: 1.3 } },
    /versions\.istiod: must be a version in quotes/,
  ],
  [
    "the version of a chart that is none",
    { versions: { shlink: "4.6.0" } },
    /charts\.versions: does not know shlink/,
  ],
  [
    "a digest without its kind",
    { mirror: "oci://r", digests: { pgo: "0".repeat(64) } },
    /digests\.pgo: must be a digest: sha256:/,
  ],
  [
    "a digest that Helm does not check",
    { digests: { vault: digest } },
    /digests\.vault: must be left out unless the chart comes from a registry/,
  ],
  [
    "a digest of a file",
    { mirror: "/charts", digests: { pgo: digest } },
    /digests\.pgo: must be left out unless/,
  ],
];

describe("Settings of the charts", () => {
  for (const [what, charts, message] of refused)
    it(`refuse ${what}`, () => {
      assert.throws(
        () => parse(charts),
        (error: Error) => {
          assert.match(error.message, message);
          return true;
        },
      );
    });

  it("accept a folder, a Helm repository and a registry, with versions and digests", () => {
    for (const mirror of [
      ".local/charts",
      "/srv/charts",
      "https://charts.example.com:8443/stable",
      "oci://registry.example.com/charts",
    ])
      assert.equal(parse({ mirror }).mirror, mirror);
    const pinned = {
      mirror: "oci://r",
      digests: { vault: digest },
      versions: { vault: "0.35.0-rc.1" },
    };
    assert.deepEqual(parse(pinned), pinned);
    // PGO's chart comes from a registry anyway.
    assert.deepEqual(parse({ digests: { pgo: digest } }).digests, { pgo: digest });
  });
});
