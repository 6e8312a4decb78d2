import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { hbaLines, parameters } from "../../../../local/substitutes/pgo/settings.ts";
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

  it("lets the exporter in from its own pod, and the pool over TLS, by their passwords", () => {
    const lines = hbaLines({
      ...spec,
      monitoring: { pgmonitor: { exporter: {} } },
      proxy: { pgBouncer: {} },
    });
    assert.ok(lines.includes('host all "ccp_monitoring" "127.0.0.0/8" "scram-sha-256"'));
    assert.ok(lines.includes('host all "ccp_monitoring" all "reject"'));
    assert.ok(lines.includes('hostssl all "_crunchypgbouncer" all "scram-sha-256"'));
    assert.ok(lines.includes('host all "_crunchypgbouncer" all "reject"'));
    assert.equal(lines.at(-1), "hostssl all all all scram-sha-256");
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
    const given = parameters({ ...spec, config: { parameters: { ssl: "off", work_mem: "8MB" } } });
    assert.equal(given.ssl, "on");
    assert.equal(given.work_mem, "8MB");
    assert.equal(given.password_encryption, "scram-sha-256");
  });

  it("archive the log with backups, and throw it away without", () => {
    const backups = { pgbackrest: { repos: [] } };
    assert.equal(parameters(spec).archive_command, "true");
    assert.match(
      parameters({ ...spec, backups }).archive_command ?? "",
      /pgbackrest.* archive-push/,
    );
    assert.equal(parameters(spec).archive_mode, "on");
  });
});
