/** A resource of this program in Vault, as it registers it. */
export interface Inside {
  type: string;
  inputs: Record<string, unknown>;
}

/** A rule of a policy, and what this program needs it for. */
interface Rule {
  path: string;
  may: string[];
  why: string;
  /** The only values that these parameters may have; all others are free. */
  only?: Record<string, unknown>;
  /** Parameters that would do the same under another name. */
  never?: string[];
  /** Whether no parameter but those in `only` is taken. */
  nothingElse?: boolean;
}

const look = ["read"];
const tune = ["read", "update"];
const all = ["create", "read", "update", "delete"];
const kept = "keeps it as it is";

/** What each kind of resource takes; with other values of the bound parameters the deployer could give itself other rights. */
const rulesOf: Record<string, (inputs: Record<string, string>) => Rule[]> = {
  "vault:index/mount:Mount": ({ path, type }) => [
    { path: "sys/mounts", may: look, why: "finds the store" },
    { path: `sys/mounts/${path}`, may: all, only: { type }, why: "makes it" },
    { path: `sys/mounts/${path}/tune`, may: tune, why: kept },
    { path: `${path}/*`, may: [...all, "list"], why: "writes the passwords" },
  ],
  "vault:index/authBackend:AuthBackend": ({ path, type }) => [
    { path: "sys/auth", may: look, why: "finds the login for accounts" },
    { path: `sys/auth/${path}`, may: [...all, "sudo"], only: { type }, why: "makes it" },
    { path: `sys/auth/${path}/tune`, may: tune, why: kept },
    { path: `sys/mounts/auth/${path}`, may: look, why: kept },
    { path: `sys/mounts/auth/${path}/tune`, may: tune, why: kept },
  ],
  "vault:kubernetes/authBackendConfig:AuthBackendConfig": ({ backend, kubernetesHost }) => [
    {
      path: `auth/${backend}/config`,
      may: all,
      // To another host Vault would send its own account's token.
      only: { kubernetes_host: kubernetesHost },
      why: "says who reviews tokens",
    },
  ],
  "vault:index/policy:Policy": ({ name, policy }) => [
    {
      path: `sys/policies/acl/${name}`,
      may: all,
      only: { policy },
      nothingElse: true,
      why: "says what External Secrets may read",
    },
  ],
  "vault:kubernetes/authBackendRole:AuthBackendRole": ({ backend, roleName, tokenPolicies }) => [
    {
      path: `auth/${backend}/role/${roleName}`,
      may: all,
      only: { token_policies: tokenPolicies },
      never: ["policies"],
      why: "lets External Secrets log in",
    },
  ],
  // The store's rule covers what lies in it.
  "vault:kv/secretV2:SecretV2": () => [],
};

/**
 * What this program needs in a Vault that somebody else runs, as a policy for its administrators: the names of what it makes
 * there, and no others.
 * @throws Error where it makes something there that no rule is known for.
 */
export function deployerPolicy(made: Inside[]): string {
  return made
    .flatMap(({ type, inputs }) => {
      const rules = rulesOf[type];
      if (rules === undefined) throw new Error(`There is no rule for a ${type} in Vault.`);
      return rules(inputs as Record<string, string>);
    })
    .map(text)
    .join("\n");
}

function text({ path, may, why, only, never = [], nothingElse = false }: Rule): string {
  const allowed = Object.entries(only ?? {}).map(([name, value]) => parameter(name, [value]));
  const free = only === undefined || nothingElse ? [] : [parameter("*", [])];
  return [
    `# ${why}`,
    `path ${quoted(path)} {`,
    `  capabilities = ${quoted(may)}`,
    ...group("allowed_parameters", [...allowed, ...free]),
    ...group(
      "denied_parameters",
      never.map((name) => parameter(name, [])),
    ),
    "}",
    "",
  ].join("\n");
}

/** Strings and lists look the same in a policy as in JSON. */
const quoted = (value: unknown) => JSON.stringify(value);

const parameter = (name: string, values: unknown[]) => `    ${quoted(name)} = ${quoted(values)}`;

const group = (name: string, lines: string[]) =>
  lines.length === 0 ? [] : [`  ${name} = {`, ...lines, "  }"];
