import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "mocha";
import { parseAllDocuments } from "yaml";
import { crdGroups } from "../../components/janitor/index.ts";
import { namespaceNames } from "../../platform/namespaces.ts";
import { ownershipLabel } from "../../platform/project.ts";
import { deployer } from "../../components/vault/bootstrap.ts";
import type { Registration } from "../../plan/render.ts";
import { synth } from "../support/synth.ts";
import { chartKinds, chartObjects, isClusterScoped, resourceOf } from "./support/charts.ts";
import { allows, type Document, type Rule, type Right } from "./support/rights.ts";

const manage = ["create", "get", "list", "watch", "patch", "update", "delete"];
const named = ["get", "patch", "update", "delete"];
const rbac = "rbac.authorization.k8s.io";
const janitorRole = "platform-janitor";
const judges = [
  "mutatingadmissionpolicies",
  "mutatingadmissionpolicybindings",
  "mutatingwebhookconfigurations",
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
  "validatingwebhookconfigurations",
];

const documents = parseAllDocuments(readFileSync("docs/deployer.yaml", "utf8")).map(
  (document) => document.toJS() as Document,
);
const ofKind = (kind: string) => documents.filter((document) => document.kind === kind);
const nameOf = ({ metadata }: Document) => metadata.name;
const rulesOf = (name: string, namespace?: string): Rule[] => {
  const found = documents.filter(
    ({ kind, metadata }) =>
      kind === (namespace === undefined ? "ClusterRole" : "Role") &&
      metadata.name === name &&
      metadata.namespace === namespace,
  );
  assert.equal(found.length, 1, name);
  return found[0]?.rules ?? [];
};
const everywhere = rulesOf("shlink-deployer");
const inNamespaces = rulesOf("shlink-deployer-namespace");
const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort();

/** What production may register: its stack file, and the settings that bring further kinds. */
async function registered(): Promise<Registration[]> {
  const tls = { mode: "certManager", issuer: { kind: "Issuer", name: "issuer" } };
  const routing = { tls, apiClients: ["10.0.0.0/8"] };
  const shlink = { matomo: { mode: "server", url: "https://matomo.example.com", siteId: 1 } };
  const cluster = { networkPolicies: "cilium", apiServer: [{ entity: "kube-apiserver" }] };
  const keys = { issuer: "i", audiences: ["a"], keysUrl: "https://login.example.com/keys" };
  const login = { mode: "jwt", ...keys };
  const webClient = { mode: "page", host: "admin.example.com", clients: ["10.0.0.0/8"], login };
  return [
    await synth("prod"),
    await synth("prod", { routing, shlink, cluster, webClient }),
  ].flatMap(({ registrations }) => registrations);
}

describe("The rights in docs/deployer.yaml", () => {
  let objects: { right: Right; name: string }[] = [];
  let releases: { name: string; namespace: string }[] = [];
  before(async () => {
    const all = (await registered()).filter(({ type }) => type.startsWith("kubernetes:"));
    const isRelease = ({ type }: Registration) => type.includes("helm.sh");
    objects = all
      .filter((one) => !isRelease(one))
      .map(({ type, inputs }) => ({
        right: resourceOf(type),
        name: (inputs["metadata"] as { name: string }).name,
      }));
    releases = all.filter(isRelease).map(({ inputs }) => inputs as (typeof releases)[number]);
  });
  /** Of one resource, the names of all objects of the whole cluster: the program's own and the charts'. */
  const names = (...resources: string[]) =>
    sorted(
      [...objects, ...Object.values(chartObjects).flat()]
        .filter(({ right }) => resources.includes(right.resource))
        .map(({ name }) => name),
    );
  const namespacedKinds = () =>
    sorted([
      ...objects.filter(({ right }) => !isClusterScoped(right)).map(({ right }) => text(right)),
      ...Object.values(chartKinds).flat(),
      // Where Helm keeps what it knows about a release.
      "/secrets",
    ]);
  const text = ({ group, resource }: Right) => `${group}/${resource}`;

  it("know what each chart of production makes", () => {
    assert.deepEqual(sorted(Object.keys(chartKinds)), sorted(releases.map(({ name }) => name)));
    for (const release of Object.keys(chartObjects)) assert.ok(release in chartKinds, release);
  });

  it("are given in every namespace of the platform and in no other", () => {
    const ours = sorted(namespaceNames(true));
    const made = ofKind("Namespace");
    assert.deepEqual(sorted(made.map(nameOf)), sorted([...ours, "shlink-deployer"]));
    for (const { metadata } of made)
      assert.deepEqual(
        metadata.labels ?? {},
        metadata.name === "shlink-deployer" ? {} : ownershipLabel,
      );
    const bound = ofKind("RoleBinding").filter(
      ({ roleRef }) => roleRef?.name === "shlink-deployer-namespace",
    );
    assert.deepEqual(bound.map(({ metadata }) => metadata.namespace).sort(), ours);
    for (const { roleRef } of bound)
      assert.deepEqual(roleRef, {
        apiGroup: rbac,
        kind: "ClusterRole",
        name: "shlink-deployer-namespace",
      });
  });

  it("belong to the one account, and of the whole cluster it has one role", () => {
    const bindings = [...ofKind("RoleBinding"), ...ofKind("ClusterRoleBinding")];
    const account = {
      kind: "ServiceAccount",
      name: "shlink-deployer",
      namespace: "shlink-deployer",
    };
    for (const { subjects } of bindings) assert.deepEqual(subjects, [account]);
    assert.deepEqual(
      ofKind("ClusterRoleBinding").map(({ roleRef }) => roleRef?.name),
      ["shlink-deployer"],
    );
  });

  it("manage every kind that the program or a chart makes in a namespace, and no other", () => {
    const granted = inNamespaces
      .filter(({ verbs }) => verbs.includes("create"))
      .flatMap(({ apiGroups, resources }) =>
        apiGroups.flatMap((group) => resources.map((resource) => text({ group, resource }))),
      );
    assert.deepEqual(granted.sort(), namespacedKinds());
    for (const kind of granted) {
      const [group = "", resource = ""] = kind.split("/");
      for (const verb of manage)
        assert.ok(allows(inNamespaces, verb, { group, resource }), `${verb} ${kind}`);
    }
  });

  it("otherwise only look, in a namespace", () => {
    const looks = inNamespaces.filter(({ verbs }) => !verbs.includes("create"));
    for (const { verbs } of looks) assert.deepEqual(verbs, ["get", "list", "watch"]);
  });

  it("change every object of the whole cluster by its name", () => {
    const cluster = objects.filter(({ right }) => isClusterScoped(right));
    assert.ok(cluster.length > 20);
    for (const { right, name } of [...cluster, ...Object.values(chartObjects).flat()])
      for (const verb of named) {
        const what = `${verb} ${text(right)} ${name}`;
        assert.ok(allows(everywhere, verb, right, name), what);
        assert.ok(!allows(everywhere, verb, right, "another"), what);
      }
  });

  it("name no object of the whole cluster that nobody makes", () => {
    const admission = "admissionregistration.k8s.io";
    const listed = (group: string, resource: string, verb: string) =>
      sorted(
        everywhere
          .filter(
            ({ apiGroups, resources, verbs }) =>
              apiGroups.includes(group) && resources.includes(resource) && verbs.includes(verb),
          )
          .flatMap(({ resourceNames = [] }) => resourceNames),
      );
    const charts = names("clusterroles");
    assert.deepEqual(listed("", "namespaces", "patch"), names("namespaces"));
    assert.deepEqual(listed(rbac, "clusterroles", "patch"), charts);
    assert.deepEqual(listed(rbac, "clusterrolebindings", "patch"), names("clusterrolebindings"));
    assert.deepEqual(
      listed(rbac, "clusterroles", "escalate"),
      charts.filter((name) => name !== janitorRole),
    );
    assert.deepEqual(
      listed(rbac, "clusterroles", "bind"),
      sorted([...charts, "system:auth-delegator"]),
    );
    for (const resource of judges)
      assert.deepEqual(listed(admission, resource, "patch"), names(...judges), resource);
  });

  it("are unlimited in the whole cluster for definitions and where a name is no limit, no more", () => {
    const unnamed = everywhere
      .filter(({ resources, resourceNames }) => !resourceNames && !resources.includes("*"))
      .map(({ resources, verbs }) => `${verbs.join()} ${resources.join()}`);
    assert.deepEqual(unnamed, [
      "list namespaces",
      "list storageclasses",
      "get priorityclasses",
      "get clusterissuers",
      `${manage.join()} customresourcedefinitions`,
      `create,list,watch ${judges.join()}`,
      "create,list,watch clusterroles,clusterrolebindings",
    ]);
  });

  it("go beyond what they are themselves by name only", () => {
    for (const { verbs, resources, resourceNames } of everywhere)
      if (verbs.some((verb) => ["escalate", "bind"].includes(verb))) {
        assert.deepEqual(resources, ["clusterroles"]);
        assert.ok((resourceNames ?? []).length > 0);
      }
    for (const { rules = [] } of documents)
      for (const { verbs } of rules) assert.ok(!verbs.includes("impersonate"));
  });

  it("have no wildcard but to list what the janitor looks for", () => {
    const rules = documents.flatMap((document) => document.rules ?? []);
    for (const { apiGroups, verbs } of rules)
      assert.ok(![...apiGroups, ...verbs].includes("*"), JSON.stringify(apiGroups));
    const wide = rules.filter(({ resources }) => resources.some((name) => name.includes("*")));
    assert.deepEqual(wide, [{ apiGroups: crdGroups, resources: ["*"], verbs: ["list"] }]);
  });

  it("reach no Secret and no pod outside of the namespaces", () => {
    for (const { apiGroups, resources, resourceNames } of everywhere)
      if (apiGroups.includes(""))
        for (const resource of resources)
          assert.ok(
            resource === "namespaces" ||
              (resource === "configmaps" && resourceNames?.join() === "istio-ca-root-cert"),
            resource,
          );
  });

  it("look at the network around the platform by lists of pods and addresses, and at two Services", () => {
    const look = (service: string, more: string[]) => [
      ...[`get services ${service}`, ...more.map((resource) => `list ${resource}`)],
      "list endpointslices",
    ];
    const rights = (namespace: string) =>
      rulesOf("shlink-deployer-survey", namespace).map(({ verbs, resources, resourceNames = [] }) =>
        [...verbs, ...resources, ...resourceNames].join(" "),
      );
    assert.deepEqual(rights("default"), look("kubernetes", []));
    assert.deepEqual(rights("kube-system"), look("kube-dns", ["pods"]));
  });

  it("execute nothing in a pod, and reach one only where the program opens a tunnel", () => {
    const inPods = documents.flatMap(({ metadata, rules = [] }) =>
      rules
        .flatMap(({ resources }) => resources)
        .filter((resource) => /^pods\/(?!log$)/.test(resource))
        .map((resource) => `${metadata.namespace} ${resource}`),
    );
    assert.deepEqual(inPods.sort(), ["postgres pods/portforward", "vault pods/portforward"]);
  });

  it("make tokens of no account but the one that logs in to Vault", () => {
    const makers = documents.flatMap(({ kind, metadata, rules = [] }) =>
      rules
        .filter(({ resources }) => resources.includes("serviceaccounts/token"))
        .map(({ resourceNames }) => ({ kind, namespace: metadata.namespace, resourceNames })),
    );
    assert.deepEqual(makers, [
      { kind: "Role", namespace: "vault", resourceNames: [deployer.account] },
    ]);
  });

  it("come with the charts' roles, empty, each marked as of the release that fills it", () => {
    const own = ["shlink-deployer", "shlink-deployer-namespace"];
    const made = ofKind("ClusterRole").filter((role) => !own.includes(nameOf(role)));
    const expected = releases.flatMap(({ name: release, namespace }) =>
      (chartObjects[release] ?? [])
        .filter(({ right, name }) => right.resource === "clusterroles" && name !== janitorRole)
        .map(({ name }) => ({
          name,
          labels: { "app.kubernetes.io/managed-by": "Helm" },
          annotations: {
            "meta.helm.sh/release-name": release,
            "meta.helm.sh/release-namespace": namespace,
          },
        })),
    );
    const distinct = new Map(expected.map((metadata) => [metadata.name, metadata]));
    assert.deepEqual(
      made.map(({ metadata }) => metadata).sort((one, two) => one.name.localeCompare(two.name)),
      [...distinct.values()].sort((one, two) => one.name.localeCompare(two.name)),
    );
    for (const { rules } of made) assert.equal(rules, undefined);
  });
});
