import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { merge } from "../../local/stack/stacks.ts";
import { stackSettings } from "../../plan/render.ts";
import { parseSettings } from "../../settings/index.ts";
import { balancer, edge, issuer, longHost, refusedFrontDoors, service, tls } from "./refusals.ts";

const accepted: [string, Record<string, unknown>][] = [
  ["an edge with trusted proxies", edge({}, { trustedProxies: 1 })],
  ["an edge with the PROXY protocol", { ...edge(), ...balancer({ proxyProtocol: true }) }],
  [
    "an edge inside of the cluster",
    { ...edge({}, { trustedProxies: 1 }), ...service({ type: "ClusterIP" }) },
  ],
  [
    "a Secret's name of 253 characters",
    tls({ mode: "secret", credentialName: `${"a.".repeat(126)}a` }),
  ],
  [
    "an issuer's name with dots",
    tls({ mode: "certManager", issuer: { ...issuer, name: "le.prod" } }),
  ],
  ["a host of 253 characters with a shared certificate", { routing: { hosts: [longHost] } }],
  ["an annotation with an empty value", balancer({ annotations: { "a.example.com/B_c.d": "" } })],
];

/** As a stack file has them: what is undefined is not there. */
const settingsWith = (change: Record<string, unknown>): unknown =>
  JSON.parse(JSON.stringify(merge(stackSettings("prod"), change)));

describe("Settings of the front door", () => {
  for (const [what, change, message] of refusedFrontDoors)
    it(`refuse ${what} in one line`, () => {
      assert.throws(
        () => parseSettings("Pulumi.prod.yaml", settingsWith(change)),
        (error: Error) => {
          assert.match(error.message, message);
          assert.equal(error.message.split("\n").length, 2, error.message);
          return true;
        },
      );
    });

  for (const [what, change] of accepted)
    it(`accept ${what}`, () => {
      parseSettings("Pulumi.prod.yaml", settingsWith(change));
    });
});
