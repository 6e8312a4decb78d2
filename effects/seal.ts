/** The mode that Vault has where its configuration has no stanza. */
const unwritten = "shamir";

/** A stanza of Vault's configuration that says how its data is sealed. */
interface Seal {
  mode: string;
  parameters: Map<string, string>;
}

/**
 * Compares two configurations of Vault: by which seal the data is sealed, and by which it is to be opened; undefined: by the same.
 * A parameter that only one of them has is a default, or of another version of this program.
 */
export function otherSeal(
  config: string,
  stanza: string,
): { has: string; wanted: string } | undefined {
  const [has, wanted] = [sealOf(config), sealOf(stanza)];
  if (has.mode !== wanted.mode) return { has: has.mode, wanted: wanted.mode };
  for (const [name, value] of has.parameters) {
    const next = wanted.parameters.get(name) ?? value;
    if (next !== value) return { has: `${name} ${value}`, wanted: `${name} ${next}` };
  }
  return undefined;
}

function sealOf(config: string): Seal {
  const [, mode = unwritten, body = ""] = /^seal "(\w+)" \{\n([^}]*)\}/m.exec(config) ?? [];
  const lines = [...body.matchAll(/^\s*(\w+)\s*=\s*"(.*)"$/gm)];
  return { mode, parameters: new Map(lines.map(([, name = "", value = ""]) => [name, value])) };
}
