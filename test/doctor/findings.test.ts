import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { findings } from "../../doctor/chain.ts";
import type { FactName, Facts } from "../../doctor/facts.ts";
import { examine, links } from "../../doctor/finding.ts";
import type { Case, QuietCase } from "./cases/case.ts";
import * as cilium from "./cases/cilium.ts";
import * as cluster from "./cases/cluster.ts";
import * as data from "./cases/data.ts";
import * as gateways from "./cases/gateways.ts";
import * as mesh from "./cases/mesh.ts";
import * as pods from "./cases/pods.ts";
import * as routing from "./cases/routing.ts";
import * as upkeep from "./cases/upkeep.ts";
import * as vault from "./cases/vault.ts";
import { healthyFacts, snapshotOf, without } from "./support/healthy.ts";

const groups = [cluster, cilium, pods, vault, data, mesh, routing, gateways, upkeep];
const cases: Case[] = groups.flatMap((group) => group.cases);
const quiet: QuietCase[] = groups.flatMap((group) => group.quiet);

/** What the doctor says of a healthy cluster in which something was changed. */
function examined(change: (facts: Facts) => void = () => undefined) {
  const facts = healthyFacts();
  change(facts);
  return examine(findings, snapshotOf(facts));
}

describe("The findings", () => {
  it("are none in a cluster in which all is well, and all are decided", () => {
    assert.deepEqual(examined(), { found: [], undecided: [], looked: findings.length });
  });

  it("are at least sixty, each with a name of its own", () => {
    const ids = new Set(findings.map(({ id }) => id));
    assert.equal(ids.size, findings.length);
    assert.ok(ids.size >= 60, `${ids.size}`);
  });

  it("have a case each in which they apply", () => {
    const tried = new Set(cases.map(({ id }) => id));
    assert.deepEqual(
      findings.map(({ id }) => id).filter((id) => !tried.has(id)),
      [],
    );
  });

  for (const { id, what, change, says, link } of cases)
    it(`name ${id} for ${what}`, () => {
      const { found } = examined(change);
      const named = found.filter((one) => one.id === id);
      const [one] = named;
      assert.ok(one !== undefined, `found: ${found.map((other) => other.id).join(", ")}`);
      const own = findings.find((other) => other.id === id)?.link;
      assert.ok(
        named.some((other) => other.link === (link ?? own)),
        one.link,
      );
      assert.match(named.flatMap(({ evidence }) => evidence).join("\n"), says);
    });

  for (const { id, what, change } of quiet)
    it(`do not name ${id} for ${what}`, () => {
      const { found } = examined(change);
      assert.deepEqual(
        found.filter((one) => one.id === id),
        [],
      );
    });

  for (const { id, needs, link } of findings)
    it(`leave ${id} open while one of its facts is not seen, and say why`, () => {
      const facts = snapshotOf(healthyFacts());
      for (const name of needs) {
        const blind = without(facts, [name], "the kubeconfig's account may not");
        const { found, undecided } = examine(findings, blind);
        assert.deepEqual(found, []);
        const why = "the kubeconfig's account may not";
        assert.deepEqual(
          undecided.find((one) => one.id === id),
          { id, link, why },
        );
      }
    });
});

describe("A finding that more would be known of", () => {
  const why = "the kubeconfig's account may not";

  for (const { id, link, also = [] } of findings.filter(({ also = [] }) => also.length > 0))
    it(`is judged without and stays open all the same: ${id}`, () => {
      const facts = healthyFacts();
      cases.find((one) => one.id === id)!.change(facts);
      const { found, undecided } = examine(findings, without(snapshotOf(facts), also, why));
      assert.ok(found.some((one) => one.id === id));
      assert.deepEqual(
        undecided.find((one) => one.id === id),
        { id, link, why },
      );
    });
});

describe("A finding about several certificates", () => {
  const why = "the kubeconfig's account may not get Secret";
  const unread = (namespace: string, secret: string) => ({
    ...{ namespace, secret },
    there: false,
    unseen: `${why} ${namespace}/${secret}`,
  });

  it("is open for the one that could not be read, and judges the others", () => {
    const { found, undecided } = examined((facts) => {
      cases.find(({ id }) => id === "certificate-expired")!.change(facts);
      facts.certificates.push(unread("postgres", "shlink-db-cluster-cert"));
    });
    assert.ok(found.some(({ id }) => id === "certificate-expired"));
    assert.deepEqual(
      undecided.map(({ id, why }) => [id, why]),
      ["certificate-expired", "certificate-expires-soon"].map((id) => [
        id,
        `${why} postgres/shlink-db-cluster-cert`,
      ]),
    );
  });

  for (const [id, namespace, secret] of [
    ["gateway-credential-wrong", "istio-ingress", "shlink-tls"],
    ["vault-tls-mismatch", "vault", "vault-server-tls"],
  ] as const)
    it(`is open by one of its own namespace, and takes nothing for missing: ${id}`, () => {
      const { found, undecided } = examined((facts) => {
        facts.gateways[0]!.spec!.servers![0]!.tls = { credentialName: "shlink-tls" };
        facts.certificates.push(unread(namespace, secret));
      });
      assert.ok(!found.some((one) => one.id === id));
      const ids = ["certificate-expired", "certificate-expires-soon", id];
      assert.deepEqual(undecided.map((one) => one.id).sort(), ids.sort());
    });
});

describe("A finding that stumbles over an object", () => {
  it("stays open and says so, and the others are decided", () => {
    const { found, undecided } = examined((facts) => {
      facts.gateways[0]!.spec!.servers = {} as never;
      facts.visits[0]!.status = 503;
    });
    assert.ok(found.some(({ id }) => id === "redirect-fails"));
    const open = undecided.find(({ id }) => id === "gateway-host-wrong");
    assert.match(open?.why ?? "", /an object of the cluster is not as it should be: .+/);
  });
});

describe("The chain", () => {
  const orderOf = (...changes: ((facts: Facts) => void)[]) =>
    examined((facts) => changes.forEach((change) => change(facts))).found.map(({ id }) => id);
  const changeFor = (id: string) => cases.find((one) => one.id === id)!.change;

  it("names a sealed Vault before the SecretStores that cannot use it, and those before a redirect", () => {
    const changes = ["redirect-fails", "secret-store-not-ready", "vault-sealed"].map(changeFor);
    assert.deepEqual(orderOf(...changes), [
      "vault-sealed",
      "secret-store-not-ready",
      "redirect-fails",
    ]);
  });

  it("names a node before all else where no other is ready, and after what is broken where others are", () => {
    const away = changeFor("node-not-ready");
    const failing = changeFor("redirect-fails");
    assert.deepEqual(orderOf(away, failing), ["node-not-ready", "redirect-fails"]);
    const beside = (facts: Facts) =>
      facts.nodes.push({
        metadata: { name: "other" },
        status: { conditions: [{ type: "Ready", status: "True" }] },
      });
    assert.deepEqual(orderOf(away, beside, failing), ["redirect-fails", "node-not-ready"]);
  });

  it("names an expired certificate of Vault before the SecretStores that refuse it", () => {
    assert.deepEqual(
      orderOf(changeFor("certificate-expired"), changeFor("secret-store-not-ready")),
      ["certificate-expired", "secret-store-not-ready", "external-secret-not-synced"],
    );
  });

  it("names what is broken before any warning", () => {
    const changes = ["api-slow", "redirect-fails"].map(changeFor);
    assert.deepEqual(orderOf(...changes), ["redirect-fails", "api-slow"]);
  });

  it("names what keeps a pod from being made before what is missing without it", () => {
    const found = orderOf(changeFor("image-pull"), changeFor("redis-unavailable"), (facts) => {
      facts.pods.push({ ...cluster.podNamed(healthyFacts(), "rfr-0") });
      cluster.contain(facts, "rfr-0", { waiting: { reason: "ErrImagePull" } });
      cluster.notReady(facts, "rfr-0");
    });
    assert.deepEqual(found.slice(0, 2), ["image-pull", "redis-unavailable"]);
  });

  it("blames the API server alone where it does not answer", () => {
    const facts = healthyFacts();
    facts.server.failure = { kind: "unreachable", message: "refused" };
    const blind = Object.keys(facts).filter((name) => !["server", "now"].includes(name));
    const snapshot = without(
      snapshotOf(facts),
      blind as FactName[],
      "the API server cannot be used",
    );
    const { found } = examine(findings, snapshot);
    assert.deepEqual(
      found.map(({ id }) => id),
      ["api-unreachable"],
    );
  });

  it("has a finding in every link", () => {
    const covered = new Set([
      ...findings.map(({ link }) => link),
      ...cases.flatMap(({ link }) => link ?? []),
    ]);
    assert.deepEqual(
      links.filter((link) => !covered.has(link)),
      [],
    );
  });
});
