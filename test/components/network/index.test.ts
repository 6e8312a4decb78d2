import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { fewestFlows, type FlowOptions, flowsFor } from "../../../platform/flows.ts";
import { type WorkloadName, workloads } from "../../../platform/workloads.ts";
import { standardSpec } from "../../../components/network/restrict.ts";
import { workloadRules } from "../../../components/network/rules.ts";
import { namespaceNames } from "../../../platform/namespaces.ts";
import { Needs } from "../../support/needs.ts";
import { allowed, type Endpoint, type Policy } from "../../support/network.ts";
import { usualSurroundings } from "../../support/surroundings.ts";
import { type Change, type StackName, stacks, synth, type Synthesis } from "../../support/synth.ts";

const outside: Record<string, Endpoint> = {
  api: { address: "10.96.0.1" },
  metadata: { address: "169.254.169.254" },
  public: { address: "203.0.113.7" },
  monitoring: { namespace: "monitoring", labels: { app: "of any kind" } },
};
const endpoints: Record<string, Endpoint> = {
  ...workloads,
  ...outside,
  dns: { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  stranger: { namespace: "default", labels: { app: "stranger" } },
};

/** Written down from the projects' documentation, not from the table in platform/flows.ts. */
const expected: Record<string, string[]> = {
  istiod: ["api:443", "api:6443"],
  "istio-cni": ["api:443", "api:6443"],
  gateway: ["istiod:15012", "shlink:8080"],
  vault: ["api:443", "api:6443", "vault:8200", "vault:8201"],
  "vault-bootstrap": ["api:443", "api:6443", "vault:8200"],
  "vault-unsealer": ["api:443", "api:6443", "vault:8200"],
  "external-secrets": ["api:443", "api:6443", "vault:8200"],
  "external-secrets-webhook": ["api:443", "api:6443"],
  "external-secrets-cert-controller": ["api:443", "api:6443"],
  pgo: ["api:443", "api:6443"],
  postgres: ["api:443", "api:6443", "pgbackrest:8432", "postgres:5432", "postgres:8008"],
  pgbackrest: ["api:443", "api:6443", "pgbackrest:8432", "postgres:8432"],
  "redis-operator": ["api:443", "api:6443", "redis:6379", "sentinel:26379"],
  redis: ["redis:6379", "sentinel:26379"],
  sentinel: ["redis:6379", "sentinel:26379"],
  "redis-ready": ["redis:6379", "sentinel:26379"],
  shlink: ["istiod:15012", "postgres:5432", "redis:6379", "sentinel:26379"],
  "shlink-migration": ["postgres:5432", "redis:6379", "sentinel:26379"],
  janitor: ["api:443", "api:6443"],
  api: ["external-secrets-webhook:10250", "istiod:15017"],
};
/** The gateway is for everybody outside; an ipBlock is not meant to match pods. */
for (const outside of ["api", "metadata", "public"])
  expected[outside] = [
    ...(expected[outside] ?? []),
    ...["gateway:15021", "gateway:443", "gateway:80"],
  ];

/** The proxies' traces, where there is a collector. */
const traced: Record<string, string[]> = { dev: [], prod: ["monitoring:4317"] };

/** The snapshots of Vault, where they are taken. */
const snapshots: Record<string, string[]> = { dev: [], prod: ["vault:8200"] };

/** The page for browsers, where the stack has one. */
const paged: Record<string, Record<string, string[]>> = {
  dev: { gateway: ["web-client:8080"], "web-client": ["istiod:15012"] },
  prod: {},
};

/** From the exporters' and the charts' documentation; nothing where nobody watches. */
const scraped: Record<string, string[]> = {
  dev: [],
  prod: [
    ...["external-secrets:8080", "gateway:15020", "gateway:443", "istiod:15014", "postgres:9187"],
    ...["redis-operator:9710", "redis:9121", "sentinel:9355", "shlink:15020", "vault:8200"],
  ],
};

/** Every port that a need names in any of the stacks, and some that none does. */
const ports = [
  22, 53, 80, 443, 4317, 5432, 6379, 6443, 8008, 8080, 8200, 8201, 8432, 9121, 9187, 9355, 9710,
  10250, 15000, 15010, 15012, 15014, 15017, 15020, 15021, 15090, 26379,
];

const policiesOf = (stack: Synthesis) =>
  stack.of("NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);

for (const stack of stacks)
  describe(`The network of stack ${stack}`, () => {
    let made: Synthesis;
    let policies: Policy[] = [];
    before(async () => {
      made = await synth(stack);
      policies = policiesOf(made);
    });

    const names = Object.keys(endpoints).filter(
      (name) => name !== "dns" && (stack === "prod" || name !== "istio-cni"),
    );
    for (const from of names)
      it(`lets ${from} open exactly the connections that it needs`, () => {
        const open = names
          .filter((to) => to in workloads || from in workloads)
          .flatMap((to) => ports.map((port) => [to, port] as const))
          .filter(([to, port]) =>
            allowed(policies, endpoints[from] as Endpoint, endpoints[to] as Endpoint, port),
          )
          .map(([to, port]) => `${to}:${port}`);
        const own = from === "monitoring" ? scraped[stack] : expected[from];
        const traces = ["gateway", "shlink"].includes(from) ? traced[stack] : [];
        const taken = from === "vault-snapshot" ? snapshots[stack] : [];
        const page = paged[stack]?.[from];
        const all = [own, traces, taken, page].flatMap((one) => one ?? []);
        assert.deepEqual(open.sort(), all.sort());
      });

    it("lets every pod of the platform ask the DNS, and nothing else of that namespace", () => {
      for (const namespace of namespaceNames(stack === "prod")) {
        const pod = { namespace, labels: { app: "of a kind that nobody foresaw" } };
        const dns = endpoints["dns"] as Endpoint;
        assert.ok(allowed(policies, pod, dns, 53, "UDP"), namespace);
        assert.ok(allowed(policies, pod, dns, 53), namespace);
        assert.ok(!allowed(policies, pod, dns, 443), namespace);
        for (const other of Object.values(workloads))
          for (const port of ports)
            if (other !== workloads.gateway) assert.ok(!allowed(policies, pod, other, port));
      }
    });

    it("lets PGO reach the API server whatever labels its chart gives", () => {
      const api = endpoints["api"] as Endpoint;
      const given: Record<string, string>[] = [
        { "postgres-operator.crunchydata.com/control-plane": "pgo" },
        { "postgres-operator.crunchydata.com/control-plane": "postgres-operator" },
        { "app.kubernetes.io/name": "pgo" },
      ];
      for (const labels of given)
        assert.ok(allowed(policies, { namespace: "postgres-operator", labels }, api, 443));
    });

    it("is closed before there is a pod", () => {
      const [janitor] = made.of("Janitor");
      assert.ok(janitor?.dependsOn.includes("shlink-platform:index:Network::network"));
    });

    it("knows every pod that the program makes itself", () => {
      const pods = ["Job", "CronJob", "Deployment"].flatMap((kind) => made.of(kind));
      assert.ok(pods.length >= 5);
      for (const { name, inputs } of pods) {
        const { metadata, spec } = inputs as unknown as Made;
        const { template } = "jobTemplate" in spec ? spec.jobTemplate.spec : spec;
        const { labels = {} } = template.metadata ?? {};
        const known = Object.values(workloads).filter(
          (workload) =>
            workload.namespace === metadata.namespace &&
            Object.entries(workload.labels).every(([key, value]) => labels[key] === value),
        );
        assert.equal(known.length, 1, name);
      }
    });
  });

describe("Connections that only some stacks need", () => {
  /** Both policies of a connection, or the one of a connection that leaves the cluster. */
  const open = (options: FlowOptions, from: WorkloadName, to: string, port: number) => {
    const names = [from, ...(to in workloads ? [to as WorkloadName] : [])];
    const policies = names.map((name) => ({
      metadata: { namespace: workloads[name].namespace },
      spec: standardSpec(workloadRules(name, flowsFor(options), usualSurroundings)),
    }));
    const target = to in workloads ? workloads[to as WorkloadName] : { address: to };
    return allowed(policies as unknown as Policy[], workloads[from], target, port);
  };

  it("lead Shlink to public addresses for titles, and never to private ones", () => {
    const titles = { ...fewestFlows, resolveTitles: true };
    assert.ok(!open(fewestFlows, "shlink", "203.0.113.7", 443));
    assert.ok(open(titles, "shlink", "203.0.113.7", 443));
    assert.ok(!open(titles, "shlink", "169.254.169.254", 443));
  });

  it("lead the servers and their backups to a public store, on port 443 only, and nobody else", () => {
    const places = [{ peers: ["internet" as const], ports: [443] }];
    const cloud = { ...fewestFlows, backupPlaces: places };
    for (const from of ["postgres", "pgbackrest"] as const) {
      assert.ok(!open(fewestFlows, from, "203.0.113.7", 443), from);
      assert.ok(open(cloud, from, "203.0.113.7", 443), from);
      assert.ok(!open(cloud, from, "203.0.113.7", 80), from);
      assert.ok(!open(cloud, from, "169.254.169.254", 443), from);
    }
    assert.ok(!open(cloud, "shlink", "203.0.113.7", 443));
  });

  it("lead Shlink to the database through the pool alone, where there is one", () => {
    const pooled = { ...fewestFlows, pooled: true };
    for (const from of ["shlink", "shlink-migration"] as const) {
      assert.ok(open(fewestFlows, from, "postgres", 5432), from);
      assert.ok(!open(fewestFlows, from, "pgbouncer", 5432), from);
      assert.ok(!open(pooled, from, "postgres", 5432), from);
      assert.ok(open(pooled, from, "pgbouncer", 5432), from);
    }
    assert.ok(open(pooled, "pgbouncer", "postgres", 5432));
    assert.ok(!open(fewestFlows, "pgbouncer", "postgres", 5432));
  });

  it("lead the gateway to the pods that answer an ACME issuer, where it asks by HTTP", () => {
    assert.ok(open({ ...fewestFlows, http01: true }, "gateway", "acme-solver", 8089));
    assert.ok(!open(fewestFlows, "gateway", "acme-solver", 8089));
    assert.ok(!open({ ...fewestFlows, http01: true }, "shlink", "acme-solver", 8089));
  });

  it("have no policy where the pods are not there", async () => {
    const policies = async (pgBouncer: object) => {
      const prod = await synth("prod", { database: { pgBouncer } });
      return prod.of("NetworkPolicy").filter(({ name }) => name === "pgbouncer");
    };
    assert.equal((await policies({ mode: "none" })).length, 0);
    assert.equal((await policies({ mode: "session", replicas: 2 })).length, 1);
  });
});

/** What the resources of a stack need of its network, and what its policies let through. */
async function compared(stack: StackName, change?: Change) {
  const made = await synth(stack, change);
  const { found, present } = new Needs(made);
  const policies = policiesOf(made);
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
  for (const stack of stacks)
    it(`is exactly what the policies of stack ${stack} let through`, async () => {
      const { needed, open, present } = await compared(stack);
      assert.ok(needed.length > 40);
      assert.ok(present.size >= 16);
      assert.deepEqual(open, needed);
    });

  it("is that also with a pool, backups in a store, titles of pages, and the web client", async () => {
    const backups = {
      mode: "s3",
      fullSchedule: "0 3 * * *",
      retention: 14,
      encrypted: false,
      bucket: "backups",
      endpoint: "s3.example.com",
      region: "eu-1",
      credentialsSecret: "pgbackrest-keys",
    };
    const { needed, open } = await compared("prod", {
      database: { pgBouncer: { mode: "session", replicas: 2 }, backups },
      shlink: { resolveTitles: true },
      webClient: { mode: "page", host: "admin.example.com" },
    });
    for (const need of [
      "gateway web-client:8080",
      "pgbouncer postgres:5432",
      "pgbackrest public:443",
      "shlink public:443",
    ])
      assert.ok(needed.includes(need), need);
    assert.deepEqual(open, needed);
  });
});

interface Made {
  metadata: { namespace: string };
  spec: Templated | { jobTemplate: { spec: Templated } };
}
interface Templated {
  template: { metadata?: { labels?: Record<string, string> } };
}
