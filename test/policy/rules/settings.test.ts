import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { pack } from "../support/pack.ts";
import { judge, policyOf, TODAY } from "../support/run.ts";
import { UNKNOWN, type Fixture } from "../support/suite.ts";
import { GATEWAY } from "../support/fixtures/routes.ts";
import { DEPLOYMENT } from "../support/fixtures/workloads.ts";

function codes(policy: string, fixture: Fixture, settings: Record<string, unknown>): string[] {
  return judge(pack, policyOf(pack, policy), [fixture], {
    stack: "prod",
    today: TODAY,
    settings,
  }).map(({ code, verdict }) => `${code} ${verdict}`);
}

function withImage(image: unknown): Fixture {
  const copy = structuredClone(DEPLOYMENT);
  const spec = copy.props["spec"] as { template: { spec: { containers: { image: unknown }[] } } };
  spec.template.spec.containers.forEach((container) => (container.image = image));
  return copy;
}

describe("settings of policies", () => {
  it("let images of listed registries run, and no others", () => {
    const registries = ["docker.io/shlinkio/", "registry.example.com/"];
    assert.deepEqual(codes("container-images", DEPLOYMENT, { registries }), []);
    assert.deepEqual(
      codes("container-images", withImage("registry.example.com/a:1.2.3"), { registries }),
      [],
    );
    assert.deepEqual(
      codes("container-images", withImage("docker.io/evil/a:1.2.3"), { registries }),
      ["K03a violation"],
    );
    assert.deepEqual(codes("container-images", withImage(UNKNOWN), { registries }), [
      "K01 unknown",
    ]);
    assert.deepEqual(codes("container-images", withImage(undefined), { registries }), []);
  });

  it("allow wildcards below listed domains, and no others", () => {
    const allowedWildcardDomains = ["apps.example.com"];
    const gateway = (host: string): Fixture => ({
      ...GATEWAY,
      props: { ...GATEWAY.props, spec: { servers: [{ hosts: [host] }] } },
    });
    assert.deepEqual(
      codes("host-scope", gateway("*.apps.example.com"), { allowedWildcardDomains }),
      [],
    );
    assert.deepEqual(
      codes("host-scope", gateway("./*.APPS.example.com"), { allowedWildcardDomains }),
      [],
    );
    assert.deepEqual(codes("host-scope", gateway("*.example.com"), { allowedWildcardDomains }), [
      "W04 violation",
    ]);
  });
});
