import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CustomObjectsApi } from "@kubernetes/client-node";
import { after, before, describe, it } from "mocha";
import { namespaceNames } from "../../components/namespaces.ts";
import {
  compareSnapshots,
  defaultStateDir,
  hostSnapshot,
  type HostSnapshot,
  stopCluster,
} from "../../local/cluster/index.ts";
import { hostAddress } from "../../local/cluster/layout.ts";
import { pulumiFolder } from "../../local/paths.ts";
import { call, createLink, type Link, readApiKey, visitsOf } from "../../local/smoke.ts";
import { policiesInTheEngine } from "./policies.ts";
import {
  entry,
  kubeconfig,
  kubernetes,
  list,
  local,
  pulumi,
  query,
  readText,
  stackState,
  until,
  vaultServes,
} from "./platform.ts";

const run = promisify(execFile);
const noChange = ["--expect-no-changes", "--suppress-outputs"];

describe("The shortener, from a machine without a cluster and back", () => {
  let host: HostSnapshot;
  let key = "";
  let link: Link;

  before(async () => {
    await local("clean");
    host = await hostSnapshot();
  });
  after(async () => {
    await stopCluster();
  });

  it("comes up by one command", async () => {
    await local("up");
    key = await readApiKey(kubeconfig);
  });

  it("creates a link with the API key, follows it, and counts the visit", async () => {
    link = await createLink(entry, key, "https://example.com/e2e");
    const redirect = await call(entry, { path: `/${link.shortCode}` });
    assert.equal(redirect.status, 302);
    assert.equal(redirect.location, "https://example.com/e2e");
    await until("the visit counted", 10, async () => (await visitsOf(entry, key, link)) === 1);
  });

  it("records the client's own address, whatever headers it sends", async () => {
    const visited = await createLink(entry, key, "https://example.com/address");
    const forged = "203.0.113.7";
    const claims = [
      "x-forwarded-for",
      "cf-connecting-ip",
      "true-client-ip",
      "x-real-ip",
      "forwarded",
      "x-envoy-external-address",
    ];
    const given = Object.fromEntries(claims.map((name) => [name, forged]));
    for (const headers of [{}, given, { "x-forwarded-for": `nonsense, ${forged}, ${forged}` }])
      await call(entry, { path: `/${visited.shortCode}`, headers });
    await until(
      "three visits counted",
      10,
      async () => (await visitsOf(entry, key, visited)) === 3,
    );
    const addresses = await query(
      `SELECT DISTINCT v.remote_addr FROM visits v JOIN short_urls u ON u.id = v.short_url_id WHERE u.short_code = '${visited.shortCode}'`,
    );
    // The last part goes before it is stored.
    assert.equal(addresses, hostAddress.replace(/\d+$/, "0"));
  });

  it("knows no other host", async () => {
    assert.equal(
      (await call(entry, { path: `/${link.shortCode}`, host: "other.local" })).status,
      404,
    );
  });

  it("answers 401 without a key and with a wrong one", async () => {
    const path = "/rest/v3/short-urls";
    assert.equal((await call(entry, { path })).status, 401);
    assert.equal(
      (await call(entry, { path, key: "00000000-0000-4000-8000-000000000000" })).status,
      401,
    );
  });

  it("passes its health check", async () => {
    const { status, body } = await call(entry, { path: "/rest/health" });
    assert.equal(status, 200);
    assert.equal((JSON.parse(body) as { status: string }).status, "pass");
  });

  it("refuses plaintext to a pod", async () => {
    const { core } = kubernetes();
    const pods = await core.listNamespacedPod({ namespace: "shlink", labelSelector: "app=shlink" });
    const address = pods.items[0]?.status?.podIP ?? "";
    const request = [
      "--net=/run/netns/shlink-local",
      "curl",
      "-sS",
      "-m",
      "5",
      `http://${address}:8080/rest/health`,
    ];
    // curl's 56 and 52: the connection was cut, nothing was answered.
    await assert.rejects(run("nsenter", request), (error: { code: number }) =>
      [52, 56].includes(error.code),
    );
  });

  it("changes nothing at a second up, a preview and a refresh", async () => {
    assert.ok(await pulumi().show("up", "--yes", "--skip-preview", ...noChange));
    assert.ok(await pulumi().show("preview", ...noChange));
    assert.ok(
      await pulumi().show("refresh", "--yes", "--run-program", "--skip-preview", ...noChange),
    );
  });

  it("unseals a Vault that was deleted, and External Secrets goes on", async () => {
    const { core, config } = kubernetes();
    const before = (await core.readNamespacedPod({ name: "vault-0", namespace: "vault" })).metadata
      ?.uid;
    await core.deleteNamespacedPod({ name: "vault-0", namespace: "vault" });
    const seconds = await until("Vault unsealed again", 60, async () => {
      const pod = await core.readNamespacedPod({ name: "vault-0", namespace: "vault" });
      return pod.metadata?.uid !== before && (await vaultServes("vault-0"));
    });
    console.log(`      Vault serves again after ${seconds.toFixed(0)} s`);
    const objects = config.makeApiClient(CustomObjectsApi);
    const since = new Date();
    await until("External Secrets synced again", 300, async () => {
      const secret = (await objects.getNamespacedCustomObject({
        group: "external-secrets.io",
        version: "v1",
        namespace: "shlink",
        plural: "externalsecrets",
        name: "shlink-secrets",
      })) as { status: { refreshTime: string; conditions: { reason: string }[] } };
      const { refreshTime, conditions } = secret.status;
      return (
        new Date(refreshTime) > since && conditions.every(({ reason }) => reason === "SecretSynced")
      );
    });
  });

  it("shows none of its secrets where they could be read", async () => {
    const secrets = await knownSecrets();
    assert.ok(secrets.length >= 6);
    const places: Record<string, string> = {
      "the state": readText(stackState),
      "the stack files": readText("Pulumi.dev.yaml") + readText("Pulumi.prod.yaml"),
      ConfigMaps: await everything("/api/v1/configmaps"),
      "pod specs": await everything("/api/v1/pods"),
      "process arguments": processArguments(),
      "pod logs": await podLogs(),
      "our own logs": ownLogs(),
    };
    for (const [place, text] of Object.entries(places))
      for (const [name, value] of secrets)
        assert.ok(!text.includes(value), `${name} stands in ${place}`);
  });

  it("is destroyed without its program, and leaves nothing in the cluster", async () => {
    assert.ok(await pulumi().show("destroy", "--yes", "--skip-preview", "--suppress-outputs"));
    const names = async (path: string) => (await list(path)).map(({ metadata }) => metadata.name);
    const namespaces = await names("/api/v1/namespaces");
    assert.deepEqual(
      namespaces.filter((name) => (namespaceNames(true) as string[]).includes(name)),
      [],
    );
    assert.deepEqual(await names("/apis/apiextensions.k8s.io/v1/customresourcedefinitions"), []);
    assert.deepEqual(
      await names("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"),
      [],
    );
    assert.deepEqual(
      await names("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"),
      [],
    );
    const mutations = "/apis/admissionregistration.k8s.io/v1beta1/mutatingadmissionpolic";
    assert.deepEqual(await names(`${mutations}ies`), []);
    assert.deepEqual(await names(`${mutations}ybindings`), []);
    await until(
      "the volumes gone",
      60,
      async () => (await names("/api/v1/persistentvolumes")).length === 0,
    );
    const roles = await names("/apis/rbac.authorization.k8s.io/v1/clusterroles");
    assert.deepEqual(
      roles.filter((name) => /istio|vault|external-secrets|pgo|redis|janitor/.test(name)),
      [],
    );
    const maps = await names("/api/v1/configmaps");
    assert.ok(!maps.includes("istio-ca-root-cert"));
  });

  policiesInTheEngine();

  it("leaves nothing on the machine", async () => {
    await local("clean");
    // What somebody else ran before may have ended meanwhile; everything else has to be as it was.
    const differences = compareSnapshots(host, await hostSnapshot());
    assert.deepEqual(
      differences.filter((line) => !/^- (processes|control groups)/.test(line)),
      [],
    );
  });
});

/** Every secret value that this platform has, by where it lies. */
async function knownSecrets(): Promise<[string, string][]> {
  const { core } = kubernetes();
  const wanted: [string, string, RegExp][] = [
    ["shlink", "shlink-secrets", /./],
    ["redis", "shlink-redis-auth", /password/],
    ["postgres", "shlink-db-pguser-shlink", /password|verifier/],
    ["postgres", "shlink-db-pguser-postgres", /password|verifier/],
    ["vault", "vault-unseal-keys", /./],
  ];
  const found: [string, string][] = [];
  for (const [namespace, name, keys] of wanted) {
    const { data = {} } = await core.readNamespacedSecret({ name, namespace });
    for (const [key, value] of Object.entries(data))
      if (keys.test(key))
        found.push([`${namespace}/${name}/${key}`, Buffer.from(value, "base64").toString()]);
  }
  assert.ok(!found.some(([name]) => name.includes("root-token")), "the root token is still stored");
  return found;
}

const everything = async (path: string) => JSON.stringify(await list(path));

function processArguments(): string {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.map(commandLine).join("\n");
}

function commandLine(process: string): string {
  try {
    return readFileSync(`/proc/${process}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** What the node's processes and Pulumi wrote down. */
function ownLogs(): string {
  return [join(defaultStateDir(), "logs"), join(pulumiFolder, "home/logs")]
    .flatMap((folder) => readdirSync(folder).map((name) => readText(join(folder, name))))
    .join("\n");
}

async function podLogs(): Promise<string> {
  const { core } = kubernetes();
  const { items } = await core.listPodForAllNamespaces();
  const logs = items.flatMap(({ metadata, spec }) =>
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name: container }) =>
      core
        .readNamespacedPodLog({
          name: metadata?.name ?? "",
          namespace: metadata?.namespace ?? "",
          container,
        })
        .catch(() => ""),
    ),
  );
  return (await Promise.all(logs)).join("\n");
}
