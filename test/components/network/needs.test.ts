import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type WorkloadName, workloads } from "../../../platform/workloads.ts";
import { render, stackSettings } from "../../../plan/render.ts";
import { Needs } from "../../support/needs.ts";
import { allowed, type Endpoint, type Policy } from "../../support/network.ts";

const outside: Record<string, Endpoint> = {
  api: { address: "10.96.0.1" },
  public: { address: "203.0.113.7" },
  metadata: { address: "169.254.169.254" },
  monitoring: { namespace: "monitoring", labels: { app: "of any kind" } },
};

/** Every port that a need names in any of the stacks, and some that none does. */
const ports = [
  22, 53, 80, 443, 4317, 5432, 6379, 6443, 8008, 8080, 8200, 8201, 8432, 9121, 9187, 9355, 9710,
  10250, 15000, 15010, 15012, 15014, 15017, 15020, 15021, 15090, 26379,
];

/** What the resources of a stack need of its network, and what its policies let through. */
async function compared(stack: string, settings = stackSettings(stack)) {
  const { registrations } = await render(stack, settings);
  const { found, present } = new Needs(registrations);
  const policies = registrations
    .filter(({ type }) => type.endsWith(":NetworkPolicy"))
    .map(({ inputs }) => inputs as unknown as Policy);
  const pods = Object.fromEntries([...present].map((name) => [name, workloads[name] as Endpoint]));
  const places = { ...pods, ...outside };
  const open = Object.entries(places).flatMap(([from, source]) =>
    Object.entries(places)
      .filter(([to]) => present.has(from as WorkloadName) || present.has(to as WorkloadName))
      .flatMap(([to, target]) =>
        ports
          .filter((port) => allowed(policies, source, target, port))
          .map((port) => `${from} ${to}:${port}`),
      ),
  );
  return { needed: [...found].sort(), open: open.sort(), present };
}

describe("What the resources themselves say about connections", () => {
  for (const stack of ["dev", "prod"])
    it(`is exactly what the policies of stack ${stack} let through`, async () => {
      const { needed, open, present } = await compared(stack);
      assert.ok(needed.length > 40);
      assert.ok(present.size >= 16);
      assert.deepEqual(open, needed);
    });

  it("is that also with a pool, backups in a store, and titles of pages", async () => {
    const settings = stackSettings("prod");
    const database = settings["database"] as Record<string, object>;
    database["pgBouncer"] = { mode: "session", replicas: 2 };
    const { storage, ...plan } = database["backups"] as Record<string, unknown>;
    assert.ok(storage);
    database["backups"] = {
      ...plan,
      mode: "s3",
      bucket: "backups",
      endpoint: "s3.example.com",
      region: "eu-1",
      credentialsSecret: "pgbackrest-keys",
    };
    Object.assign(settings["shlink"] as object, { resolveTitles: true });
    const { needed, open } = await compared("prod", settings);
    for (const need of ["pgbouncer postgres:5432", "pgbackrest public:443", "shlink public:443"])
      assert.ok(needed.includes(need), need);
    assert.deepEqual(open, needed);
  });
});
