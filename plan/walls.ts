/** A part of the repository: a folder, or index.ts. The README lists them. */
export interface Part {
  what: string;
  /** The parts that it may import. */
  imports: string[];
  /** The parts of which it may know the types, which are erased. */
  types?: string[];
}

/** What lives where, and who may import whom; `.dependency-cruiser.js` makes the walls of it. */
export const parts: Record<string, Part> = {
  "index.ts": {
    what: "the boot order: one line for each component",
    imports: ["stack", "settings", "platform", "components", "effects"],
  },
  stack: {
    what: "what a stack consists of and demands of its cluster, as its settings say; pure",
    imports: ["platform", "components"],
    types: ["settings", "effects"],
  },
  settings: {
    what: "the settings' schema, a file for each key of the stack file; the only reader of configuration",
    imports: ["platform"],
  },
  platform: {
    what: "facts: namespaces, workloads with labels and ports, network flows, charts, images",
    imports: [],
    types: ["incluster"],
  },
  components: {
    what: "a folder for each component; `chart` and `program` are what several of them use",
    imports: ["platform"],
    types: ["settings", "effects", "incluster"],
  },
  effects: {
    what: "side effects beside the resources: looks into the cluster, tunnels, HTTP, files",
    imports: ["platform"],
  },
  incluster: { what: "programs that run in pods, without any npm package", imports: [] },
  policy: { what: "the CrossGuard pack: what may be deployed; it knows no component", imports: [] },
  plan: {
    what: "renders the program without cluster or engine; writes what follows: documents, rights",
    imports: [
      "index.ts",
      "settings",
      "platform",
      "components",
      "effects",
      "stack",
      "policy",
      "doctor",
    ],
  },
  init: {
    what: "writes a stack file from what a cluster has and what a person answers",
    imports: ["settings", "platform", "effects"],
  },
  ci: {
    what: "the pull request's comment, the policy guard and the drift issue",
    imports: ["platform", "effects", "policy"],
  },
  doctor: {
    what: "names the first broken link from the cluster to a redirect; it changes nothing",
    imports: ["settings", "platform", "components", "stack", "effects"],
  },
  operate: {
    what: "what a running stack wants now and then: backups, restores, rotations, links",
    imports: ["settings", "platform", "components", "effects", "incluster"],
  },
  local: {
    what: "a Kubernetes for a bare machine, with stand-ins for what cannot be had there",
    imports: ["platform", "components", "incluster"],
    types: ["settings"],
  },
  bench: {
    what: "measures beside what one would use instead; writes performance.md",
    imports: ["stack", "settings", "platform", "components", "effects", "local"],
  },
  test: {
    what: "mirrors the tree; `golden/` has what both stacks register",
    imports: [
      "index.ts",
      "stack",
      "settings",
      "platform",
      "components",
      "effects",
      "incluster",
      "policy",
      "plan",
      "init",
      "ci",
      "doctor",
      "operate",
      "bench",
      "local",
    ],
  },
};
