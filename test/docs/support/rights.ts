export interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames?: string[];
}

/** What of Kubernetes' role-based rights the tests read. */
export interface Document {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  rules?: Rule[];
  roleRef?: { name: string };
  subjects?: object[];
}

/** A kind as rights name it. */
export interface Right {
  group: string;
  resource: string;
}

/** Whether one of the rules lets a verb happen: to the object of that name, or to any. */
export const allows = (rules: Rule[], verb: string, { group, resource }: Right, name?: string) =>
  rules.some(
    ({ apiGroups, resources, verbs, resourceNames }) =>
      apiGroups.includes(group) &&
      resources.includes(resource) &&
      verbs.includes(verb) &&
      (resourceNames === undefined || (name !== undefined && resourceNames.includes(name))),
  );
