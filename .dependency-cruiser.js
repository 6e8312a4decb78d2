import { parts } from "./plan/walls.ts";

/** @import { IConfiguration, IRegularForbiddenRuleType } from "dependency-cruiser" */

/** @param {string[]} names */
const inside = (names) => `^(${names.map((name) => name.replace(".", "\\.")).join("|")})(/|$)`;

/** @param {string} name @returns {IRegularForbiddenRuleType[]} */
function wallsAround(name) {
  const { imports, types } = parts[name] ?? { imports: [] };
  const open = [name, ...imports, ...(types ?? [])];
  const closed = Object.keys(parts).filter((other) => !open.includes(other));
  const from = { path: inside([name]) };
  const values = { name: `${name}-imports`, from, to: { path: inside(closed) } };
  if (types === undefined) return [values];
  const to = {
    path: inside(types),
    dependencyTypesNot: /** @type {["type-only"]} */ (["type-only"]),
  };
  return [values, { name: `${name}-types`, from, to }];
}

/** @type {IRegularForbiddenRuleType[]} */
const rules = [
  ...Object.keys(parts).flatMap(wallsAround),
  {
    name: "no-part",
    comment: "every file belongs to a part of plan/walls.ts",
    from: { pathNot: [inside(Object.keys(parts)), "^[^/]+$"] },
    to: {},
  },
  {
    name: "circle",
    comment: "two files that import each other are one file, or hide a third",
    from: {},
    to: { circular: true },
  },
  {
    name: "bare-pod",
    comment: "pods have Node and nothing else",
    from: { path: "^incluster/" },
    to: { dependencyTypes: ["npm", "npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only"] },
  },
  {
    name: "unresolved",
    comment: "an import that leads nowhere is of no part, and would pass every wall",
    from: {},
    to: { couldNotResolve: true },
  },
];

/** Who may import whom: `npx depcruise .` says where that is not so. @type {IConfiguration} */
export default {
  forbidden: rules.map((rule) => ({ severity: "error", ...rule })),
  options: {
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "node", "default"],
    },
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^\\.local", "^local/toolchain/go", "^local/substitutes/web-client"] },
  },
};
