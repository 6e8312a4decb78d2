import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parse, stringify } from "yaml";
import { namespaceNames } from "../../platform/namespaces.ts";
import { parseSettings } from "../../settings/index.ts";
import { stackOf } from "../../stack/index.ts";
import { nodeAddress, stopCluster } from "../../local/cluster/index.ts";
import { pulumiFolder, repository } from "../../local/lib/paths.ts";
import { prepare } from "../../local/stack/prepare.ts";
import { existingPulumi } from "../../local/stack/pulumi.ts";
import { prepareRehearsal } from "../../local/rehearsal/index.ts";
import { type Entry, readApiKey, smoke } from "../../local/stack/smoke.ts";
import { merge } from "../../local/stack/stacks.ts";
import { admissionInTheApiServer } from "./admission.ts";
import { captured, type Segment } from "./capture.ts";
import { ciliumPoliciesInTheApiServer } from "./cilium.ts";
import { nothingInClear } from "./clear.ts";
import { keepsData } from "./database.ts";
import { doctorIsSilent } from "./doctor.ts";
import { connectsAsTheTableSays } from "./flows.ts";
import { losesServers } from "./losses.ts";
import { metricsInPrometheus } from "./metrics.ts";
import { losesRedis } from "./outage.ts";
import { auditLog, kubeconfig, kubernetes, local } from "./platform.ts";
import { goesBack } from "./point-in-time.ts";
import { podSecurityInTheCluster } from "./pod-security.ts";
import { leavesNothing } from "./remains.ts";
import { renewsCertificates } from "./renewal.ts";
import { showsNoSecret } from "./secrets.ts";
import { allOpen, vaultSurvives } from "./vault.ts";
import { putsVaultBack } from "./vault-snapshot.ts";
import { limitsRates, servesVisitors, speaksTls } from "./visitors.ts";

const stack = "prod-rehearsal";
const pulumi = () => existingPulumi(stack);
const pack = ["--policy-pack", join(repository, "policy/pack")];
const noChange = ["--expect-no-changes", "--suppress-outputs"];

describe("Production, rehearsed on one node", () => {
  let entry: Entry = { address: nodeAddress, port: 443, host: "s.example.com" };
  let capture: Segment[] = [];

  before(async () => {
    await local("clean");
    const cluster = await prepare((line) => console.log(`      ${line}`));
    await prepareRehearsal(cluster.kubeconfig);
  });
  after(async () => {
    await stopCluster();
  });

  describe("The deployment", () => {
    it("comes up by one `pulumi up` past every policy, and a link is created, followed and counted", async () => {
      capture = await captured(async () => {
        const { code, output } = await pulumi().run("up", "--yes", ...pack);
        assert.equal(code, 0, output);
        assert.doesNotMatch(output, /\[mandatory\]/);
        entry = { ...entry, ca: await authority() };
        await smoke(entry, await readApiKey(kubeconfig));
      });
    });

    it("was made by the restricted deployer alone", () => {
      assert.deepEqual([...usersOf("pulumi-kubernetes")], [deployer]);
    });

    it("changes nothing at a second up and a preview", async () => {
      assert.ok(await pulumi().show("up", "--yes", "--skip-preview", ...noChange));
      assert.ok(await pulumi().show("preview", ...noChange));
    });
  });
  // Before anything is changed by hand, which it would name.
  describe("The doctor", () => doctorIsSilent(join(pulumiFolder, `Pulumi.${stack}.yaml`)));
  describe("The network", () => nothingInClear(() => capture));
  describe("The network policies", () => connectsAsTheTableSays(flows));
  describe("Network policies for Cilium", ciliumPoliciesInTheApiServer);
  describe("The gateway", () => {
    servesVisitors(() => entry);
    speaksTls(() => entry);
    limitsRates(() => entry);
  });

  describe("Pod Security", () => {
    // The node agent's own namespace is for what changes the node.
    podSecurityInTheCluster(namespaceNames(true).filter((name) => name !== "istio-cni"));
  });
  describe("The admission policies", admissionInTheApiServer);
  describe("The metrics", metricsInPrometheus);
  describe("A loss", () => {
    losesServers(() => entry);
    losesRedis(() => entry);
  });
  describe("The database", () => {
    keepsData(() => entry);
    goesBack(
      () => entry,
      (database) => changed({ database }).run("up", "--yes", "--skip-preview"),
    );
  });
  describe("Vault", () => {
    vaultSurvives();
    // The next `up`, with another certificate, is one on the Vault that was put back.
    putsVaultBack({ entry: () => entry, stack, up: false, open: allOpen });
    renewsCertificates(async () => {
      const tls = { mode: "internal", validityDays: 366, renewBeforeDays: 90 };
      assert.ok(await changed({ vault: { tls } }).show("up", "--yes", "--skip-preview"));
    });
  });

  describe("The end", () => {
    showsNoSecret(stack);

    it("is protected from a destroy that nobody meant", async () => {
      const { code, output } = await pulumi().run("destroy", "--preview-only");
      assert.notEqual(code, 0);
      assert.match(output, /protected/);
      assert.ok(await pulumi().show("state", "unprotect", "--all", "--yes"));
    });
    // The Prometheus operator's own definitions were there before.
    leavesNothing(pulumi, /\.monitoring\.coreos\.com$/);
  });
});

/** Every connection that the stack allows. */
function flows() {
  const file = `Pulumi.${stack}.yaml`;
  const { config } = parse(readFileSync(join(pulumiFolder, file), "utf8")) as {
    config: Record<string, unknown>;
  };
  return stackOf(parseSettings(file, config["shlink-platform:settings"])).network.flows;
}

const deployer = "system:serviceaccount:shlink-deployer:shlink-deployer";

/** Who called the API server with such a program, by its own audit log. */
const usersOf = (program: string) =>
  new Set(auditLog<{ user: { username: string } }>(program).map(({ user }) => user.username));

/** The authority that the program made, as a visitor would have it installed. */
async function authority(): Promise<string> {
  const secret = { name: "shlink-tls", namespace: "istio-ingress" };
  const { data } = await kubernetes().core.readNamespacedSecret(secret);
  return Buffer.from(data?.["ca.crt"] ?? "", "base64").toString();
}

/** The stack with other settings. */
function changed(settings: object) {
  const text = readFileSync(join(pulumiFolder, `Pulumi.${stack}.yaml`), "utf8");
  const configFile = join(pulumiFolder, `Pulumi.${stack}.changed.yaml`);
  const change = { config: { "shlink-platform:settings": settings } };
  writeFileSync(configFile, stringify(merge(parse(text), change)));
  return existingPulumi(stack, { cwd: repository, configFile, env: {} });
}
