import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { externalSecretsChart, istiodChart, released } from "../../../local/charts/adapt.ts";

const istiodValues = `_internal_defaults_do_not_set:
  hub: ""
  tag: ""
  env: {}
  telemetry:
    enabled: true
    v2:
      enabled: true
  global:
    hub: registry.istio.io/testing
    tag: latest
`;

interface Istiod {
  _internal_defaults_do_not_set: {
    env: Record<string, unknown>;
    telemetry: { enabled: boolean };
    global: { hub: string; tag: string };
    tag: string;
  };
}

describe("version of a packed chart", () => {
  const sources = "name: x\nversion: 1.0.0\nappVersion: 1.0.0\n";

  it("is the released one, for the chart and for what it installs", () => {
    const metadata = released(sources, { name: "istiod", version: "1.30.4" });
    assert.deepEqual(parse(metadata), { name: "x", version: "1.30.4", appVersion: "1.30.4" });
  });

  it("names External Secrets' image tag, which has a v", () => {
    const metadata = released(sources, { name: "external-secrets", version: "0.20.4" });
    assert.equal((parse(metadata) as { appVersion: string }).appVersion, "v0.20.4");
  });

  it("leaves the Redis operator's own version alone, which is not the chart's", () => {
    const metadata = released("appVersion: 1.2.4\nversion: 3.2.6\n", {
      name: "redis-operator",
      version: "3.2.9",
    });
    assert.deepEqual(parse(metadata), { appVersion: "1.2.4", version: "3.2.9" });
  });
});

describe("packed istiod chart", () => {
  const packed = (parse(istiodChart(istiodValues, "1.30.4")) as Istiod)
    ._internal_defaults_do_not_set;

  it("asks for the released images", () => {
    assert.deepEqual(packed.global, { hub: "registry.istio.io/release", tag: "1.30.4" });
    assert.equal(packed.tag, "");
  });

  it("switches off, as text, what an Envoy without Istio's filters would refuse", () => {
    assert.deepEqual(packed.env, {
      PILOT_ENABLE_METADATA_EXCHANGE: "false",
      PILOT_ENABLE_ALPN_FILTER: "false",
    });
    assert.equal(packed.telemetry.enabled, false);
  });

  it("keeps these below the key that the chart reads its defaults from", () => {
    const keys = Object.keys(parse(istiodChart(istiodValues, "1.30.4")) as object);
    assert.deepEqual(
      keys.filter((key) => key !== "compatibilityVersion"),
      ["_internal_defaults_do_not_set"],
    );
  });

  it("is refused when the sources no longer have the place that a change goes to", () => {
    const moved = istiodValues.replace("  env: {}\n", "  environment: {}\n");
    assert.throws(() => istiodChart(moved, "1.30.4"), /the chart's sources have changed/);
  });
});

describe("packed External Secrets chart", () => {
  it("has lost the sub-chart that would be downloaded, and nothing else", () => {
    const metadata = externalSecretsChart.metadata(
      "name: e\ndependencies:\n  - name: bitwarden-sdk-server\n    version: v0.5.1\nhome: h\n",
    );
    assert.deepEqual(parse(metadata), { name: "e", home: "h" });
  });

  it("is refused when there was no sub-chart to take out", () => {
    assert.throws(() => externalSecretsChart.metadata("name: e\n"), /sources have changed/);
  });

  it("installs its definitions unless installCRDs is off", () => {
    const text = externalSecretsChart.definitions("kind: CustomResourceDefinition\n");
    assert.match(text, /^\{\{- if \.Values\.installCRDs \}\}\n/);
    assert.match(text, /\{\{- end \}\}\n$/);
  });

  it("keeps Helm from running what looks like a template in a description", () => {
    const text = externalSecretsChart.definitions("description: like {{ .foo }}\n");
    assert.ok(text.includes('like {{ "{{" }} .foo }}'), text);
  });
});
