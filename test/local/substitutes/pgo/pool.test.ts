import { beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import type {
  KubeObject,
  PostgresCluster,
  Secret,
} from "../../../../local/substitutes/pgo/types.ts";
import { FakeCluster, spec } from "./fake-cluster.ts";

const proxy = { pgBouncer: { replicas: 2, config: { global: { pool_mode: "session" } } } };
const monitoring = { pgmonitor: { exporter: {} } };

describe("pgo pool and exporter", () => {
  let fake: FakeCluster;
  const decoded = (name: string, key: string) =>
    Buffer.from(fake.kube.find<Secret>("Secret", name).data?.[key] ?? "", "base64").toString();

  beforeEach(async () => {
    fake = new FakeCluster();
    fake.create({ proxy, monitoring });
    await fake.bootstrap();
  });

  it("make the pool with a user of its own, known to every database", async () => {
    const { spec: deployment } = fake.kube.find<KubeObject & { spec: { replicas: number } }>(
      "Deployment",
      "shlink-db-pgbouncer",
    );
    assert.equal(deployment.replicas, 2);
    const config = fake.kube.find<KubeObject & { data: Record<string, string> }>(
      "ConfigMap",
      "shlink-db-pgbouncer",
    );
    assert.match(config.data["pgbouncer.ini"] ?? "", /^pool_mode = session$/m);
    assert.match(config.data["pgbouncer.ini"] ?? "", /^server_tls_sslmode = verify-full$/m);
    const password = decoded("shlink-db-pgbouncer", "password");
    assert.equal(
      decoded("shlink-db-pgbouncer", "users.txt"),
      `"_crunchypgbouncer" "${password}"\n`,
    );
    const sql = fake.executed.filter(({ input }) => input.includes("get_auth"));
    assert.equal(sql.length, 1);
    assert.ok(!sql[0]?.input.includes(password));
    assert.ok(fake.status.proxy?.pgBouncer?.postgresRevision);
    await fake.pass();
    assert.equal(decoded("shlink-db-pgbouncer", "password"), password);
  });

  it("put no password into arguments or ConfigMaps", () => {
    const passwords = ["shlink-db-pgbouncer", "shlink-db-monitoring"].map((name) =>
      decoded(name, "password"),
    );
    for (const kind of ["StatefulSet", "Deployment", "ConfigMap"]) {
      for (const name of fake.kube.names(kind)) {
        const text = JSON.stringify(fake.kube.find(kind, name));
        for (const password of passwords) assert.ok(!text.includes(password), `${kind} ${name}`);
      }
    }
  });

  it("mark the pods with an exporter for monitors", () => {
    const [name = ""] = fake.kube.names("StatefulSet");
    const text = JSON.stringify(fake.kube.find("StatefulSet", name));
    assert.ok(
      text.includes('"postgres-operator.crunchydata.com/crunchy-postgres-exporter":"true"'),
    );
    assert.ok(text.includes('"name":"exporter","containerPort":9187'));
    assert.ok(fake.status.monitoring?.exporterConfiguration);
  });

  it("go when they are not asked for any more", async () => {
    const cluster: PostgresCluster = { ...fake.object, spec };
    fake.kube.put(cluster);
    await fake.pass();
    assert.deepEqual(fake.kube.names("Deployment"), []);
    assert.equal(fake.status.proxy, undefined);
    assert.equal(fake.status.monitoring, undefined);
  });
});
