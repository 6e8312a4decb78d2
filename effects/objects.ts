import { type Ask, metadataOfOne } from "./api.ts";

/** An object that the settings name and somebody else makes. */
export interface DemandedObject {
  kind: string;
  name: string;
  /** Absent: it is the whole cluster's. */
  namespace?: string;
  /** Where the API server has objects of the kind, namespace included. */
  path: string;
  setting: string;
  /** What to do where there is none. */
  remedy: string;
}

/**
 * Finds those that are missing; what the account may not see is taken to be there. It asks for metadata alone: nobody needs
 * the contents of a Secret here.
 */
export async function missingObjects(
  ask: Ask,
  objects: DemandedObject[],
): Promise<DemandedObject[]> {
  const answers = await Promise.all(
    objects.map(({ path, name }) => ask(`${path}/${name}`, { accept: metadataOfOne })),
  );
  return objects.filter((_, index) => answers[index]?.status === 404);
}

/** Names the first missing object in one sentence, and where else it is missing. */
export function objectObstacle(missing: DemandedObject[], context: string): string | undefined {
  const [first] = missing;
  if (first === undefined) return undefined;
  const { kind, name, setting, remedy } = first;
  const namespaces = missing
    .filter((one) => one.kind === kind && one.name === name)
    .flatMap(({ namespace }) => namespace ?? []);
  const where =
    namespaces.length === 0
      ? ""
      : ` in namespace${namespaces.length === 1 ? "" : "s"} ${namespaces.join(", ")}`;
  return `There is no ${kind} ${name}${where} in context ${context} (setting ${setting}): ${remedy}.`;
}
