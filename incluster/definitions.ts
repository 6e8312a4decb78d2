/** A custom resource definition, as far as this asks for it. */
export interface Definition {
  metadata: {
    name: string;
    creationTimestamp: string;
    deletionTimestamp?: string;
    annotations?: Record<string, string>;
  };
  spec: { group: string; names: { plural: string }; versions: { name: string; served: boolean }[] };
}

/** API groups of the platform's definitions, each with the namespace of the release that brings them. */
export type Groups = Record<string, string>;

/**
 * Tells the definitions of the platform's own releases from those of others. Helm annotates what is in a chart's
 * templates with the release. What is in a chart's folder crds/ it leaves as it is: there age decides, because the
 * program refuses to begin where such a definition is already.
 * @param since when the platform's own namespace was made
 */
export function ownDefinitions(
  definitions: Definition[],
  groups: Groups,
  since: string,
): Definition[] {
  return definitions.filter(({ metadata, spec }) => {
    const namespace = groups[spec.group];
    if (namespace === undefined) return false;
    const release = metadata.annotations?.["meta.helm.sh/release-namespace"];
    if (release !== undefined) return release === namespace;
    return Date.parse(metadata.creationTimestamp) >= Date.parse(since);
  });
}
