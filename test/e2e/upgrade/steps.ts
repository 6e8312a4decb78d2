import assert from "node:assert/strict";
import { type ChartName, charts } from "../../../platform/charts.ts";
import { selectorText, type WorkloadName, workloads } from "../../../platform/workloads.ts";
import { olderCharts } from "../../../local/supply/older.ts";
import { ask, kubectl, list, query, synced, until, vaultServes } from "../platform.ts";

/** One thing that changes on a stack that runs. */
export interface Step {
  /** By this name STEPS chooses it, and docs/upgrades.md has its row. */
  name: string;
  /** What it is in the table: from which version to which. */
  change: string;
  /** Settings by their paths until the step is done, and from then on. */
  before: Record<string, unknown>;
  after: Record<string, unknown>;
  /** What an administrator does before `pulumi up`, and after it. */
  prepare?: () => Promise<unknown>;
  finish?: () => Promise<unknown>;
  /** Proves that the new one runs. */
  proof: () => Promise<unknown>;
  /** Objects that have to be made anew, by the ends of their names. */
  replaces?: RegExp;
}

interface Pod {
  metadata: { deletionTimestamp?: string };
  spec: { containers: { image: string }[]; initContainers?: { image: string }[] };
}

const storage = "3Gi";
const sync = () => synced("shlink", "shlink-secrets");
const vaultPod = async () =>
  JSON.parse((await ask("GET", "/api/v1/namespaces/vault/pods/vault-0")).body) as Pod;

/** Each pod of a kind that stays has such an image. */
async function assertImage(workload: WorkloadName, pattern: RegExp): Promise<void> {
  const { namespace, labels } = workloads[workload];
  const selector = encodeURIComponent(selectorText(labels));
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`;
  const pods = (await list(path)) as unknown as Pod[];
  const images = pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => [...spec.containers, ...(spec.initContainers ?? [])])
    .map((containers) => containers.map(({ image }) => image).join(" "));
  assert.ok(images.length > 0, workload);
  for (const image of images) assert.match(image, pattern);
}

/** Helm has the chart's release twice, the second time as what runs. */
async function assertUpgraded(chart: ChartName): Promise<void> {
  const selector = `owner=helm,status=deployed,version=2,name=${charts[chart].release}`;
  const found = await list(`/api/v1/secrets?labelSelector=${encodeURIComponent(selector)}`);
  assert.equal(found.length, 1, selector);
}

function chartStep(
  chart: keyof typeof olderCharts,
  more: Pick<Step, "proof"> & Partial<Step>,
): Step {
  const older = olderCharts[chart];
  return {
    name: chart,
    change: `${older} to ${charts[chart].version}`,
    before: { [`charts.versions.${chart}`]: older },
    after: {},
    ...more,
    proof: async () => {
      await assertUpgraded(chart);
      await more.proof();
    },
  };
}

/** The chart's set is `OnDelete`: a server runs on as it is until somebody takes its pod away. */
async function restartVault(): Promise<void> {
  const before = await vaultPod();
  assert.match(before.spec.containers[0]?.image ?? "", /:2\.0\.3$/);
  await kubectl(["--namespace=vault", "delete", "pod", "vault-0"]);
  await until("Vault unsealed", 180, () => vaultServes("http", "vault-0"));
}

async function letVolumesGrow(): Promise<void> {
  const patch = ["patch", "storageclass", "local", "--patch", '{"allowVolumeExpansion":true}'];
  await kubectl(patch);
}

async function assertGrown(): Promise<void> {
  const path = "/api/v1/namespaces/vault/persistentvolumeclaims/data-vault-0";
  const { spec } = JSON.parse((await ask("GET", path)).body) as {
    spec: { resources: { requests: { storage: string } } };
  };
  assert.equal(spec.resources.requests.storage, storage);
}

async function assertMigrated(): Promise<void> {
  await assertImage("shlink", /\/shlink:5\.1\./);
  const done = "SELECT count(*) FROM migrations WHERE version LIKE '%20260607082210'";
  assert.equal(await query(done), "1");
  const bare = "SELECT count(*) FROM short_urls WHERE long_url_hash = ''";
  assert.equal(await query(bare), "0");
}

/** The walk, in the order that docs/upgrades.md gives. */
export const steps: readonly Step[] = [
  chartStep("istioBase", { proof: () => Promise.resolve() }),
  chartStep("istiod", { proof: () => assertImage("istiod", /\/pilot:1\.30\.4/) }),
  chartStep("istioGateway", { proof: () => assertImage("gateway", /\/proxyv2:1\.30\.4/) }),
  chartStep("vault", {
    finish: restartVault,
    proof: async () => {
      await assertImage("vault", /\/vault:2\.0\.4/);
      await sync();
    },
  }),
  {
    name: "vaultVolume",
    change: `1Gi to ${storage}`,
    before: {},
    after: { "vault.storage": storage },
    prepare: letVolumesGrow,
    proof: assertGrown,
    replaces: /^vault\/vault$/,
  },
  chartStep("externalSecrets", {
    proof: async () => {
      await assertImage("external-secrets", /\/external-secrets:v0\.20\.4/);
      await sync();
    },
  }),
  chartStep("pgo", {
    proof: () => assertImage("pgo", /:ubi9-6\.0\.3-0/),
  }),
  chartStep("redisOperator", {
    proof: () => assertImage("redis-operator", /\/redis-operator:v1\.2\.4/),
  }),
  {
    name: "shlink",
    change: "4.6 to 5.1",
    before: { "shlink.version": "4.6" },
    after: { "shlink.version": "5.1" },
    proof: assertMigrated,
  },
];

/** The steps that STEPS names, separated by commas; all of them without it. */
export function chosenSteps(names = process.env["STEPS"]): readonly Step[] {
  const wanted = names?.split(",");
  return wanted === undefined ? steps : steps.filter(({ name }) => wanted.includes(name));
}
