import type { Registration } from "../../../plan/render.ts";
import { excluded, pairwise, parts, settingsOf } from "../../support/choices.ts";
import { impossible, stores } from "../../support/stores.ts";
import { type Change, synth } from "../../support/synth.ts";
import { ask } from "../platform.ts";

interface Kinds {
  resources?: { name: string; kind: string }[];
}
interface CustomResource {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

/** Kubernetes' own groups have no domain, or one of k8s.io; Helm's releases are no objects of the API. */
const isCustom = ({ type }: Registration) =>
  /^kubernetes:(?!helm\.sh\/)[^/:]+\.[^/:]+\//.test(type) && !type.includes(".k8s.io/");

const collections = new Map<string, Promise<Kinds>>();

/** The path at which objects of a kind are made. */
async function collectionOf({ apiVersion, kind }: CustomResource): Promise<string> {
  const path = `/apis/${apiVersion}`;
  const asked =
    collections.get(path) ?? ask("GET", path).then(({ body }) => JSON.parse(body) as Kinds);
  collections.set(path, asked);
  const plural = (await asked).resources?.find(
    (one) => one.kind === kind && !one.name.includes("/"),
  );
  return `${path}/namespaces/shlink/${plural?.name ?? "unserved"}`;
}

/** What the API server has against an object: unknown fields, wrong forms, broken rules. Nothing is kept. */
async function refusalOf(object: CustomResource): Promise<string | undefined> {
  const metadata = { ...object.metadata, name: "judged", namespace: "shlink" };
  const { status, body } = await ask(
    "POST",
    `${await collectionOf(object)}?dryRun=All&fieldValidation=Strict`,
    {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...object, metadata }),
    },
  );
  if (status === 201) return undefined;
  return `${object.kind} ${object.metadata.name}: ${status} ${(JSON.parse(body) as { message: string }).message}`;
}

const judged = new Map<string, Promise<string | undefined>>();

/** Every custom resource of a stack, as the definitions in the cluster judge it. */
async function judge(change: Change): Promise<string[]> {
  const { registrations } = await synth("prod", change);
  const objects = registrations
    .filter(isCustom)
    .map(({ inputs }) => inputs as unknown as CustomResource);
  const answers = objects.map((object) => {
    const text = JSON.stringify(object);
    const answer = judged.get(text) ?? refusalOf(object);
    judged.set(text, answer);
    return answer;
  });
  return (await Promise.all(answers)).filter((one) => one !== undefined);
}

/** What the cluster's definitions refuse of all combinations that have each pair of choices among them, and how much was asked. */
export async function refusedCombinations(): Promise<{ refused: string[]; asked: number }> {
  const changes = [
    ...pairwise(parts, excluded).map((one) => settingsOf(parts, one)),
    ...pairwise(stores, impossible).map((one) => settingsOf(stores, one)),
  ];
  const refused: string[] = [];
  for (const change of changes) refused.push(...(await judge(change)));
  return { refused: [...new Set(refused)], asked: judged.size };
}
