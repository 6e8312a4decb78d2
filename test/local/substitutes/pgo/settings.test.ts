import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { hbaLines, parameterLines } from "../../../../local/substitutes/pgo/settings.ts";
import type { ClusterSpec } from "../../../../local/substitutes/pgo/types.ts";

const set = { name: "pg", replicas: 1, dataVolumeClaimSpec: {} };

const spec: ClusterSpec = { postgresVersion: 15, instances: [set] };

describe("pgo pg_hba.conf", () => {
  it("lets the network in over TLS with a password only", () => {
    const lines = hbaLines(spec);
    assert.equal(lines[0], 'local all "postgres" "peer"');
    assert.equal(lines.at(-1), "hostssl all all all scram-sha-256");
    assert.ok(lines.every((line) => !/^host(nossl)? all all/.test(line)));
  });

  it("drops the default as soon as a rule is given and keeps the mandatory ones first", () => {
    const rule = {
      connection: "hostssl",
      databases: ["shlink"],
      users: ["shlink"],
      method: "password",
    };
    const lines = hbaLines({ ...spec, authentication: { rules: [rule] } });
    assert.equal(lines.at(-1), '"hostssl" "shlink" "shlink" all "scram-sha-256"');
    assert.ok(!lines.includes("hostssl all all all scram-sha-256"));
    assert.equal(lines[0], 'local all "postgres" "peer"');
  });

  it("never includes other files", () => {
    const lines = hbaLines({
      ...spec,
      authentication: { rules: [{ hba: "include /etc/passwd" }] },
    });
    assert.ok(!lines.some((line) => line.startsWith("include")));
  });
});

describe("pgo parameters", () => {
  it("force TLS and scram over what the cluster asks for", () => {
    const lines = parameterLines({
      ...spec,
      config: { parameters: { ssl: "off", work_mem: "8MB" } },
    });
    assert.ok(lines.includes("ssl = 'on'"));
    assert.ok(lines.includes("work_mem = '8MB'"));
    assert.ok(lines.includes("password_encryption = 'scram-sha-256'"));
  });

  it("escape quotes", () => {
    const lines = parameterLines({ ...spec, config: { parameters: { search_path: "a'b" } } });
    assert.ok(lines.includes("search_path = 'a''b'"));
  });
});
