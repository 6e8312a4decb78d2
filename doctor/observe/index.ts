import {
  type FactName,
  type Facts,
  type KubeObject,
  leftOut,
  type Node,
  type Seen,
  type Snapshot,
} from "../facts.ts";
import type { Redaction } from "../redaction.ts";
import type { Settings } from "../../settings/index.ts";
import { type Access, seen, unseen } from "./access.ts";
import { readAuthorizers } from "./authorizers.ts";
import { readCiliumPolicies } from "./cilium.ts";
import { readOtherGateways } from "./gateways.ts";
import { askDatabase, askSentinel, measureDisks } from "./inside.ts";
import { type Lists, readLists, readWhole } from "./lists.ts";
import { readSymptoms } from "./logs.ts";
import { compareUserSecrets, readCertificates } from "./secrets.ts";
import { greet } from "./server.ts";
import { askVaults } from "./vault.ts";
import { leftToOthers, noneOf } from "./others.ts";
import { visit } from "./visits.ts";
import { namespaceNames } from "../../platform/namespaces.ts";

export interface Look {
  access: Access;
  redaction: Redaction;
  /** The stack file's settings, to compare the cluster with. */
  settings?: Settings | undefined;
  /** Told what is being done, before it is. */
  report: (line: string) => void;
}

const factNames = [
  ...(["server", "now", "nodes", "namespaces", "definitions", "pods", "services"] as const),
  ...(["endpointSlices", "deployments", "statefulSets", "jobs", "cronJobs", "claims"] as const),
  ...([
    "events",
    "networkPolicies",
    "secretStores",
    "externalSecrets",
    "postgresClusters",
  ] as const),
  ...(["redisFailovers", "gateways", "virtualServices", "destinationRules"] as const),
  ...(["peerAuthentications", "authorizationPolicies", "vaultServers", "userSecrets"] as const),
  ...(["certificates", "symptoms", "database", "sentinel", "disks", "visits", "settings"] as const),
  ...(["others", "outside", "unserved", "authorizers", "otherGateways", "ciliumPolicies"] as const),
] satisfies FactName[];

/** Every fact not seen, for the same reason. */
const blank = (why: string) =>
  Object.fromEntries(factNames.map((name) => [name, unseen(why)])) as unknown as Snapshot;

/**
 * Looks at a cluster and changes nothing: GETs, and where `access` runs something in a container, questions. Three rounds of
 * questions, each of which ends in time, answered or not.
 */
export async function observe({ access, redaction, settings, report }: Look): Promise<Snapshot> {
  report(`Asking the API server ${access.address}`);
  const server = await greet(access);
  const now = Date.now() + (server.ahead ?? 0) * 1000;
  const own = {
    server: seen(server),
    // The cluster's own clock, by which its objects have their times.
    now: seen(now),
    settings: settings === undefined ? unseen(leftOut.settings) : seen(settings),
  };
  if (server.failure !== undefined)
    return { ...blank(`the API server cannot be used: ${server.failure.message}`), ...own };
  report("Reading what is in the cluster");
  const read = await readObjects(access);
  const left = leftToOthers(settings, read);
  const objects = { ...read, ...noneOf(left, settings) };
  report("Asking Vault, PostgreSQL, a sentinel and the gateway");
  const answers = await askParts({ access, redaction, settings, now }, objects);
  const others = { others: seen(left.others), outside: seen(left.outside) };
  return { ...blank("it was not looked at"), ...objects, ...answers, ...own, ...others };
}

async function readObjects(access: Access): Promise<Partial<Lists>> {
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const [namespaces, nodes, groups] = await Promise.all([
    readWhole<KubeObject>(access, "/api/v1/namespaces", "namespaces"),
    readWhole<Node>(access, "/api/v1/nodes", "nodes"),
    readWhole<KubeObject>(access, definitions, "definitions of custom resources"),
  ]);
  // Whoever may not list them may still read in those that every stack has.
  const present = namespaces.known
    ? namespaces.value.map(({ metadata }) => metadata.name)
    : namespaceNames(false);
  const names = groups.known ? seen(groups.value.map(({ metadata }) => metadata.name)) : groups;
  return { namespaces, nodes, definitions: names, ...(await readLists(access, present)) };
}

/** What can only be asked of who was found. */
async function askParts(
  { access, redaction, settings, now }: Omit<Look, "report"> & { now: number },
  objects: Partial<Lists>,
) {
  const { pods = unseen("no pods"), authorizationPolicies: policies = unseen("none") } = objects;
  const needs = <Name extends FactName>(
    names: Name[],
    ask: (facts: Pick<Facts, Name>) => Promise<Seen<unknown>>,
  ) => withAll(objects, names, ask);
  const questions: Partial<Record<FactName, Promise<Seen<unknown>>>> = {
    vaultServers: pods.known
      ? askVaults(access, pods.value, objects.secretStores ?? unseen("no stores"))
      : Promise.resolve(pods),
    userSecrets: needs(["externalSecrets", "pods"], (facts) =>
      compareUserSecrets(access, redaction, facts),
    ),
    certificates: needs(["pods", "gateways", "postgresClusters"], (facts) =>
      readCertificates(access, redaction, facts),
    ),
    authorizers: needs(["authorizationPolicies", "deployments"], (facts) =>
      readAuthorizers(access, facts),
    ),
    ciliumPolicies: needs(["definitions"], (facts) => readCiliumPolicies(access, facts)),
    otherGateways: needs(["gateways"], (facts) => readOtherGateways(access, facts)),
    symptoms: needs(["pods"], (facts) => readSymptoms(access, facts.pods, now)),
    database: needs(["pods"], (facts) => askDatabase(access, facts.pods)),
    sentinel: needs(["pods"], (facts) => askSentinel(access, facts.pods)),
    disks: needs(["pods"], (facts) => measureDisks(access, facts.pods)),
    visits: needs(["pods", "gateways", "virtualServices", "deployments"], (facts) =>
      visit(access, facts, policies, foreignGateway(settings)),
    ),
  };
  const answered = Object.entries(questions).map(
    async ([name, question]) => [name, await question] as const,
  );
  return Object.fromEntries(await Promise.all(answered)) as Partial<Lists>;
}

const foreignGateway = (settings: Settings | undefined) =>
  settings?.mesh.mode === "existing" ? settings.mesh.gateway : undefined;

/** Asks with the facts that a question is about, or tells which of them was not seen. */
async function withAll<Name extends FactName>(
  objects: Partial<Lists>,
  names: Name[],
  ask: (facts: Pick<Facts, Name>) => Promise<Seen<unknown>>,
): Promise<Seen<unknown>> {
  const facts: Partial<Facts> = {};
  for (const name of names) {
    const fact = objects[name];
    if (fact?.known !== true) return fact ?? unseen(`${name} was not read`);
    facts[name] = fact.value;
  }
  return ask(facts as Pick<Facts, Name>);
}
