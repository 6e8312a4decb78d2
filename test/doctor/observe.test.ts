import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, describe, it } from "mocha";
import { parseAllDocuments } from "yaml";
import { findings } from "../../doctor/chain.ts";
import { examine } from "../../doctor/finding.ts";
import { openAccess } from "../../doctor/observe/access.ts";
import { observe } from "../../doctor/observe/index.ts";
import { Redaction } from "../../doctor/redaction.ts";
import { readKubeconfig } from "../../effects/kubeconfig.ts";
import { allows, type Document, type Rule } from "../docs/support/rights.ts";
import { useApiServer } from "../support/api-server.ts";
import { marked, served, verifier } from "./support/served.ts";
import { healthyFacts, object } from "./support/healthy.ts";
import { healthyAnswers, look } from "./support/look.ts";

describe("The doctor's look at a cluster", () => {
  const api = useApiServer();
  beforeEach(() => {
    api.answers = served(healthyFacts());
  });

  it("finds nothing where all is well, and leaves open only what wants a stack file", async () => {
    const { found, undecided } = await look();
    assert.deepEqual(found, []);
    assert.deepEqual(
      undecided.map(({ id }) => id),
      ["settings-drift"],
    );
  });

  it("only ever asks, and for nothing that docs/doctor.yaml does not allow", async () => {
    const facts = healthyFacts();
    facts.authorizationPolicies.push(object("shlink", "theirs", { action: "CUSTOM" }));
    facts.gateways[0]!.spec!.servers![0]!.tls = { mode: "SIMPLE", credentialName: "shlink-tls" };
    facts.definitions.push("ciliumnetworkpolicies.cilium.io");
    facts.definitions.push("ciliumclusterwidenetworkpolicies.cilium.io");
    api.answers = served(facts);
    await look();
    assert.deepEqual([...new Set(api.calls.map(({ method }) => method))], ["GET"]);
    const refused = api.calls.map(({ path }) => path).filter((path) => !isAllowed(path));
    assert.deepEqual(refused, []);
  });

  it("keeps no secret in what it saw", async () => {
    const { snapshot } = await look();
    const text = JSON.stringify(snapshot);
    for (const value of [...Object.values(marked), verifier])
      for (const shape of [value, Buffer.from(value).toString("base64")])
        assert.ok(!text.includes(shape), shape);
  });

  it("compares passwords and verifiers without showing them", async () => {
    const { found } = await look({ ...healthyAnswers, rolpassword: "SCRAM-SHA-256$4096:x$y:z" });
    assert.deepEqual(
      found.map(({ id }) => id),
      ["verifier-stale"],
    );
    assert.ok(!JSON.stringify(found).includes("SCRAM"));
  });

  it("tells ages by the cluster's clock, and that another one is here", async () => {
    const facts = healthyFacts();
    const later = new Date(Date.now() + 3_600_000);
    for (const { status } of facts.externalSecrets) status!.refreshTime = later.toISOString();
    api.answers = served(facts);
    const access = await openAccess(await readKubeconfig(), false);
    const { ask } = access;
    access.ask = async (path, request) => ({
      ...(await ask<never>(path, request)),
      date: later.toUTCString(),
    });
    const redaction = new Redaction();
    const snapshot = await observe({ access, redaction, report: () => undefined });
    const { found } = examine(findings, snapshot);
    assert.deepEqual(
      found.map(({ id }) => id),
      ["clock-skewed"],
    );
    assert.ok(snapshot.now.known);
    assert.ok(Math.abs(snapshot.now.value - later.getTime()) < 60_000);
  });

  it("tells of the one sentinel that knows no master, or another one", async () => {
    for (const odd of ["\n", "10.0.0.99\n6379\n"]) {
      const access = await openAccess(await readKubeconfig(), true);
      access.execute = ({ pod }, command) => {
        const words = command.join(" ");
        const own = pod === "rfs-1" && words.includes("get-master") ? odd : undefined;
        const key = Object.keys(healthyAnswers).find((one) => words.includes(one));
        return Promise.resolve(own ?? healthyAnswers[key ?? ""] ?? "");
      };
      const redaction = new Redaction();
      const snapshot = await observe({ access, redaction, report: () => undefined });
      assert.deepEqual(
        examine(findings, snapshot).found.map(({ id }) => id),
        ["sentinel-master-unknown"],
      );
    }
  });

  it("blames a dead API server, and only that", async () => {
    api.useKubeconfig("http://127.0.0.1:1");
    const { found, undecided } = await look();
    assert.deepEqual(
      found.map(({ id }) => id),
      ["api-unreachable"],
    );
    assert.match(found[0]?.evidence[0] ?? "", /ECONNREFUSED/);
    assert.ok(undecided.length > 50);
  });

  it("blames an address at which something else answers", async () => {
    for (const answer of ["<html>log in</html>", { kind: "Status" }]) {
      api.answers = { "GET /version": answer };
      const { found } = await look();
      assert.deepEqual(
        found.map(({ id }) => id),
        ["api-unreachable"],
      );
    }
  });

  it("names a kind whose version the cluster does not serve", async () => {
    for (const path of Object.keys(api.answers))
      if (path.endsWith("/secretstores")) delete api.answers[path];
    const { found } = await look();
    assert.deepEqual(
      found.map(({ id }) => id),
      ["definitions-missing"],
    );
  });

  it("passes over the log of a pod that is gone meanwhile, and over a container that asks nothing", async () => {
    const facts = healthyFacts();
    const shlink = facts.pods.find(({ metadata }) => metadata.name === "shlink-0")!;
    shlink.status!.conditions = [{ type: "Ready", status: "False" }];
    shlink.status!.containerStatuses![0]!.name = "shlink";
    const vault = facts.pods.find(({ metadata }) => metadata.name === "vault-0")!;
    vault.status!.containerStatuses = [
      { name: "vault", ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } },
    ];
    api.answers = served(facts);
    const { snapshot } = await look();
    assert.deepEqual(snapshot.symptoms, { known: true, value: [] });
    assert.ok(snapshot.disks.known);
    assert.deepEqual([...new Set(snapshot.disks.value.map(({ pod }) => pod))], ["pg-0"]);
  });

  it("says that a login is refused", async () => {
    Object.assign(api, { answers: {}, otherwise: 401 });
    assert.deepEqual(
      (await look()).found.map(({ id }) => id),
      ["api-login-refused"],
    );
  });

  it("decides everything with a slow API server, and says that it is slow", async () => {
    api.delay = 1100;
    const { found, undecided } = await look();
    assert.deepEqual(
      found.map(({ id }) => id),
      ["api-slow"],
    );
    assert.deepEqual(
      undecided.map(({ id }) => id),
      ["settings-drift"],
    );
  });

  it("leaves everything open that it may not see, and says what it may not", async () => {
    const { "GET /version": version } = api.answers;
    Object.assign(api, { answers: { "GET /version": version }, otherwise: 403 });
    const { found, undecided } = await look();
    assert.deepEqual(found, []);
    const pods = undecided.find(({ id }) => id === "operator-unavailable");
    assert.match(pods?.why ?? "", /may not list pods in/);
  });

  it("leaves open what only the data of Secrets tells where it may not read them", async () => {
    for (const path of Object.keys(api.answers))
      if (path.includes("/secrets/")) delete api.answers[path];
    api.otherwise = 403;
    const { found, undecided } = await look();
    assert.deepEqual(found, []);
    const open = undecided.filter(({ why }) => why.includes("may not get Secret"));
    assert.ok(open.some(({ id }) => id === "verifier-stale"));
    assert.ok(!open.some(({ id }) => id === "redirect-fails"));
  });

  it("leaves open no more than the one certificate that it may not read", async () => {
    const facts = healthyFacts();
    facts.gateways[0]!.spec!.servers![0]!.tls = { credentialName: "shlink-tls" };
    api.answers = served(facts);
    Object.assign(api, { otherwise: 403 });
    const { snapshot, found, undecided } = await look();
    assert.ok(snapshot.certificates.known);
    assert.deepEqual(
      snapshot.certificates.value.map(({ secret, there, unseen }) => [secret, there, unseen]),
      [
        [
          "shlink-tls",
          false,
          "the kubeconfig's account may not get Secret istio-ingress/shlink-tls",
        ],
        ["shlink-db-cluster-cert", true, undefined],
        ["istio-ca-root-cert", true, undefined],
      ],
    );
    assert.deepEqual(found, []);
    const open = undecided.filter(({ why }) => why.includes("may not get Secret"));
    assert.deepEqual(
      open.map(({ id }) => id),
      ["gateway-credential-wrong", "certificate-expired", "certificate-expires-soon"],
    );
  });

  it("asks a Vault that speaks TLS in its scheme", async () => {
    const path = "GET /api/v1/namespaces/vault/pods/http:vault-0:8200/proxy/v1/sys/health";
    api.answers[path.replace("http:", "https:")] = api.answers[path];
    delete api.answers[path];
    assert.deepEqual(
      (await look()).found.map(({ id }) => id),
      ["vault-tls-mismatch"],
    );
  });
});

const documents = parseAllDocuments(readFileSync("docs/doctor.yaml", "utf8")).map(
  (document) => document.toJS() as Document,
);

/** The rules that count in a namespace, or in the whole cluster. */
function rulesIn(namespace: string | undefined): Rule[] {
  const kind = namespace === undefined ? "ClusterRoleBinding" : "RoleBinding";
  return documents
    .filter((one) => one.kind === kind && one.metadata.namespace === namespace)
    .flatMap(({ roleRef }) =>
      documents.filter(
        ({ metadata, kind: role }) =>
          metadata.name === roleRef?.name &&
          (role === "ClusterRole" || (role === "Role" && metadata.namespace === namespace)),
      ),
    )
    .flatMap(({ rules = [] }) => rules);
}

/** Whether the account of docs/doctor.yaml may GET a path. */
function isAllowed(path: string): boolean {
  // Whoever may log in may ask this.
  if (path === "/version") return true;
  const [, group = "", rest = ""] = /^\/(?:api|apis\/([^/]+))\/[^/]+\/(.*)$/.exec(path) ?? [];
  const [first = "", namespace, resource, name, subresource] = rest.split("/");
  if (first !== "namespaces" || resource === undefined)
    return allows(rulesIn(undefined), "list", { group, resource: first });
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  const verb = name === undefined ? "list" : "get";
  return allows(rulesIn(namespace), verb, { group, resource: full }, name);
}
