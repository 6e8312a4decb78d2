import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import {
  charts,
  locate,
  mirroredFiles,
  type RedisOperator,
  usedCharts,
  type ChartName,
} from "../../platform/charts.ts";
import { release, synth, type Synthesis } from "../support/synth.ts";

const names = Object.keys(charts) as ChartName[];
const releases: Record<string, ChartName> = {
  "istio-base": "istioBase",
  istiod: "istiod",
  "istio-ingressgateway": "istioGateway",
  vault: "vault",
  "external-secrets": "externalSecrets",
  pgo: "pgo",
  "redis-operator": "redisOperator",
};

describe("The chart catalogue", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });

  it("pins every chart to one version", () => {
    for (const name of names) assert.match(charts[name].version, /^\d+\.\d+\.\d+$/, name);
  });

  it("finds a chart in its own repository: by name in a Helm repository, by address in a registry", () => {
    assert.deepEqual(locate("vault", {}), {
      chart: "vault",
      version: charts.vault.version,
      repositoryOpts: { repo: charts.vault.repository },
    });
    const { repository, version } = charts.pgo;
    assert.deepEqual(locate("pgo", {}), { chart: `${repository}/pgo`, version });
  });

  it("finds every chart in a mirror where there is one, in a registry or as a file", () => {
    for (const name of names) {
      const { name: chart, version } = charts[name];
      assert.deepEqual(locate(name, { mirror: "oci://mirror/charts" }), {
        chart: `oci://mirror/charts/${chart}`,
        version,
      });
      // With a file Helm refuses a version and asks no repository.
      assert.deepEqual(locate(name, { mirror: "/mirror" }), {
        chart: `/mirror/${chart}-${version}.tgz`,
      });
    }
  });

  it("finds every chart by its name in a Helm repository that is a mirror", () => {
    for (const name of names) {
      const { name: chart, version } = charts[name];
      const repo = "https://charts.example.com/stable";
      const expected = { chart, version, repositoryOpts: { repo } };
      assert.deepEqual(locate(name, { mirror: repo }), expected);
    }
    assert.deepEqual(mirroredFiles({ mirror: "https://charts.example.com" }, names), []);
  });

  it("takes the version that is set, wherever the chart is, and the digest that a registry must have", () => {
    const versions = { vault: "0.34.2" };
    assert.equal(locate("vault", { versions }).version, "0.34.2");
    assert.equal(locate("vault", { versions, mirror: "/m" }).chart, "/m/vault-0.34.2.tgz");
    assert.deepEqual(mirroredFiles({ versions, mirror: "/m" }, ["vault"]), ["/m/vault-0.34.2.tgz"]);
    assert.equal(locate("istiod", { versions }).version, charts.istiod.version);
    const digests = { pgo: `sha256:${"0".repeat(64)}` };
    assert.deepEqual(locate("pgo", { digests }), {
      chart: `${charts.pgo.repository}/pgo@${digests.pgo}`,
      version: charts.pgo.version,
    });
  });

  it("lists the files of a mirror folder, which can be checked before a run, and none of a registry", () => {
    const files = mirroredFiles({ mirror: "/mirror" }, names);
    assert.equal(files.length, names.length);
    assert.ok(files.includes(`/mirror/vault-${charts.vault.version}.tgz`));
    assert.deepEqual(mirroredFiles({ mirror: "oci://mirror" }, names), []);
    assert.deepEqual(mirroredFiles({}, names), []);
  });

  it("counts as used the chosen Redis operator's chart and not the other's", () => {
    const operators = (redisOperator: RedisOperator) =>
      usedCharts({ cni: true, redisOperator, addons: [] }).filter(
        (name) => charts[name].name === "redis-operator",
      );
    assert.deepEqual(operators("spotahome"), ["redisOperator"]);
    assert.deepEqual(operators("freshworks"), ["freshworksRedisOperator"]);
  });

  it("counts as used every other chart, but the node agent only where the mesh has one", () => {
    const addons = ["prometheus", "grafana", "jaeger", "kiali"] as const;
    const used = (cni: boolean) =>
      usedCharts({ cni, redisOperator: "spotahome", addons: [...addons] });
    assert.equal(used(true).length, names.length - 1);
    assert.deepEqual(
      used(true).filter((name) => !used(false).includes(name)),
      ["istioCni"],
    );
  });

  it("counts as used an addon's chart only where the addon is installed", () => {
    const used = (addons: "jaeger"[]) =>
      usedCharts({ cni: true, redisOperator: "spotahome", addons });
    assert.deepEqual(
      used(["jaeger"]).filter((name) => !used([]).includes(name)),
      ["jaeger"],
    );
    for (const addon of ["prometheus", "grafana", "jaeger", "kiali"] as const)
      assert.ok(!used([]).includes(addon), addon);
  });

  it("gives each release a fixed name, a namespace and ten minutes", () => {
    const namespaces = {
      "istio-base": "istio-system",
      istiod: "istio-system",
      "istio-ingressgateway": "istio-ingress",
      vault: "vault",
      "external-secrets": "external-secrets",
      pgo: "postgres-operator",
      "redis-operator": "redis-operator",
    };
    for (const [name, namespace] of Object.entries(namespaces)) {
      assert.equal(prod.input(release(name), "name"), name);
      assert.equal(prod.input(release(name), "namespace"), namespace);
      assert.equal(prod.input(release(name), "timeout"), 600);
    }
  });

  it("brings prod's charts from upstream and dev's from the local mirror", () => {
    for (const [name, chart] of Object.entries(releases)) {
      const { chart: found, version, repositoryOpts } = locate(chart, {});
      assert.equal(prod.input(release(name), "chart"), found);
      assert.equal(prod.input(release(name), "version"), version);
      assert.deepEqual(prod.input(release(name), "repositoryOpts"), repositoryOpts);
      const file = `.local/charts/${charts[chart].name}-${version}.tgz`;
      assert.equal(dev.input(release(name), "chart"), file);
      for (const absent of ["version", "repositoryOpts"])
        assert.equal(dev.input(release(name), absent), undefined, absent);
    }
  });
});
