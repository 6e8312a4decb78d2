import { type ExistingVault, namesOf } from "./existing.ts";

/** A rule of a policy, and what this program needs it for. */
type Rule = [path: string, capabilities: string, why: string];

const all = "create, read, update, delete";

/** What this program needs in a Vault that somebody else runs, as a policy for its administrators: our names, and no others. */
export function deployerPolicy(settings: ExistingVault): string {
  const { store, logins, prefix } = namesOf(settings);
  const login = `sys/auth/${logins.path}`;
  const own: Rule[] = [
    ["sys/auth", "read", "finds the login for accounts"],
    [login, `${all}, sudo`, "makes it"],
    [`${login}/tune`, "read, update", "keeps it as it is"],
    [`sys/mounts/auth/${logins.path}`, "read", "keeps it as it is"],
    [`sys/mounts/auth/${logins.path}/tune`, "read, update", "keeps it as it is"],
    [`auth/${logins.path}/config`, all, "says who reviews tokens"],
  ];
  const rules: Rule[] = [
    ["sys/mounts", "read", "finds the store"],
    [`sys/mounts/${store}`, all, "makes it"],
    [`sys/mounts/${store}/tune`, "read, update", "keeps it as it is"],
    [`${store}/*`, `${all}, list`, "writes the passwords"],
    [`sys/policies/acl/${prefix}*`, all, "says what External Secrets may read"],
    ...(logins.existing ? [] : own),
    [`auth/${logins.path}/role/${prefix}*`, all, "lets External Secrets log in"],
  ];
  return rules.map(([path, may, why]) => `${line(path, may)} # ${why}\n`).join("");
}

const line = (path: string, capabilities: string) =>
  `path "${path}" { capabilities = [${capabilities.replaceAll(/\w+/g, '"$&"')}] }`;
