import assert from "node:assert/strict";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { it } from "mocha";
import { parse, stringify } from "yaml";
import { configFile } from "../../local/stack/environment.ts";
import { existingPulumi, type Pulumi } from "../../local/stack/pulumi.ts";
import { adoptAnnotation } from "../../platform/marks.ts";
import { namespaceNames } from "../../platform/namespaces.ts";
import { authSecret } from "../../components/redis/names.ts";
import { ask, kubectl, list, secretValue, stackState, until, vaultServes } from "./platform.ts";

const deployment = "/apis/apps/v1/namespaces/shlink/deployments/shlink";
const vault = "/apis/apps/v1/namespaces/vault/statefulsets/vault";
const claim = "/api/v1/namespaces/vault/persistentvolumeclaims/data-vault-0";
const headers = { "content-type": "application/merge-patch+json" };
const quiet = ["--yes", "--skip-preview", "--suppress-outputs"];
const redisServers = "app.kubernetes.io/part-of=redis-failover";

const redisPassword = () => secretValue("redis", authSecret, "password");

async function get<T>(path: string): Promise<T> {
  const { status, body } = await ask("GET", path);
  assert.equal(status, 200, body);
  return JSON.parse(body) as T;
}

async function patch(path: string, change: object, manager = "kubectl"): Promise<void> {
  const body = JSON.stringify(change);
  const answer = await ask("PATCH", `${path}?fieldManager=${manager}`, { headers, body });
  assert.equal(answer.status, 200, answer.body);
}

interface Sized {
  spec: { resources: { requests: { storage: string } } };
}

/** Does something with stack dev while its file gives Vault's volumes another size. */
async function sized<T>(storage: string, act: (pulumi: Pulumi) => Promise<T>): Promise<T> {
  const file = configFile("dev");
  const before = readFileSync(file, "utf8");
  const text = parse(before) as {
    config: Record<string, { vault: { storage: string } }>;
  };
  for (const settings of Object.values(text.config)) settings.vault.storage = storage;
  writeFileSync(file, stringify(text));
  try {
    return await act(existingPulumi());
  } finally {
    writeFileSync(file, before);
  }
}

/** To this size Vault's volume grows, and is left. */
const grown = "3Gi";

/** Changes running stack dev by hand and by its settings, as people do. */
export function followsChanges(): void {
  it("takes back what was scaled by hand, at a refresh, without a conflict", async () => {
    const replicas = async () =>
      (await get<{ spec: { replicas: number } }>(deployment)).spec.replicas;
    await patch(`${deployment}/scale`, { spec: { replicas: 2 } });
    assert.equal(await replicas(), 2);
    assert.ok(await existingPulumi().show("up", "--refresh", "--run-program", ...quiet));
    assert.equal(await replicas(), 1);
  });

  it("refuses volumes that shrink or cannot grow, and lets Vault's grow around its running pod", async () => {
    const { spec } = await get<Sized & { spec: { storageClassName: string } }>(claim);
    const upWith = (storage: string) => sized(storage, (pulumi) => pulumi.run("up", ...quiet));
    const refused = async (storage: string, sentence: RegExp) => {
      const { code, output } = await upWith(storage);
      assert.notEqual(code, 0);
      assert.match(output, sentence);
    };
    await refused("1Mi", /vault\.storage says 1Mi, .* a volume never shrinks/);
    await refused("99Gi", /vault\.storage says 99Gi, .* lets no volume grow/);
    const storageClass = `/apis/storage.k8s.io/v1/storageclasses/${spec.storageClassName}`;
    await patch(storageClass, { allowVolumeExpansion: true });
    const pod = async () =>
      (await list("/api/v1/namespaces/vault/pods"))
        .filter(({ metadata }) => metadata.name === "vault-0")
        .map(({ metadata }) => metadata.uid);
    const before = await pod();
    const { code, output } = await upWith(grown);
    assert.equal(code, 0, output);
    const { spec: servers } = await get<{ spec: { volumeClaimTemplates: Sized[] } }>(vault);
    assert.equal(servers.volumeClaimTemplates[0]?.spec.resources.requests.storage, grown);
    assert.equal((await get<Sized>(claim)).spec.resources.requests.storage, grown);
    assert.deepEqual(await pod(), before, "Vault's pod was made anew");
    assert.ok(await vaultServes("http", "vault-0"));
  });
}

/** Loses the state of running stack dev, and takes over what is there with an empty one, to the end. */
export function survivesALostState(): void {
  it("is taken over with an empty state, once its namespaces are handed over", async () => {
    const file = stackState("dev");
    // For people who look into a run that failed here.
    copyFileSync(file, `${file}.kept`);
    const empty = JSON.parse(readFileSync(file, "utf8")) as {
      checkpoint: { latest: { resources?: unknown[] } };
    };
    delete empty.checkpoint.latest.resources;
    writeFileSync(file, JSON.stringify(empty));
    rmSync(`${file}.attrs`, { force: true });
    await sized(grown, takenOver);
    rmSync(`${file}.kept`);
  });
}

async function takenOver(pulumi: Pulumi): Promise<void> {
  const lost = await pulumi.run("up", ...quiet);
  assert.notEqual(lost.code, 0);
  assert.match(lost.output, /marked as stack dev's, but the state does not know it/);
  const annotations = { [adoptAnnotation]: "dev" };
  for (const name of namespaceNames(false))
    await patch(`/api/v1/namespaces/${name}`, { metadata: { annotations } });
  const password = await redisPassword();
  const [{ code, output }] = await Promise.all([
    pulumi.run("up", ...quiet),
    until("another password of Redis", 300, async () => (await redisPassword()) !== password).then(
      () =>
        kubectl([
          "--namespace=redis",
          "delete",
          "pods",
          "--selector",
          redisServers,
          "--wait=false",
        ]),
    ),
  ]);
  assert.equal(code, 0, output.slice(-4000));
  assert.ok(await pulumi.show("preview", "--expect-no-changes", "--suppress-outputs"));
}
