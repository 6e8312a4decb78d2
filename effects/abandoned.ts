import type { PartName } from "../platform/parts.ts";
import type { Held } from "./held.ts";

/**
 * Says in one sentence what the settings would delete or leave behind that this program made where others keep it; undefined:
 * nothing. `made` is what the state knows, `installed` the parts that the stack brought.
 */
export function abandoned(
  { secrets, postgres }: Held,
  made: ReadonlySet<string>,
  installed: PartName[],
): string | undefined {
  const places = (kind: RegExp) => [...made].filter((place) => kind.test(place));
  const [job] = places(/^Job postgres\/database-account-/);
  if (job !== undefined && postgres.version !== undefined)
    return (
      `database.mode says crunchy, and a PostgreSQL that others run holds the links (${job} made Shlink's user there): take them ` +
      "along first (docs/database.md, Back to the stack's own)."
    );
  if (secrets.mode !== "none" && made.has(`Secret ${secrets.copies}`))
    return (
      `vault.mode says ${secrets.mode}, and the stack has no Vault: it would delete the Secrets that it wrote itself (${secrets.copies} ` +
      "among them) while pods read them; set vault.mode to none again (docs/which-parts.md, No Vault)."
    );
  if (installed.includes("vault")) return undefined;
  const [store] = places(/^Mount /).map((place) => place.replace("Mount ", ""));
  // Without any Vault nothing needs External Secrets: they came for a Vault of others.
  const served = secrets.mode === "none" && installed.includes("externalSecrets");
  if (secrets.mode !== "existing" && (store !== undefined || served))
    return (
      `vault.mode says ${secrets.mode}, and ${store === undefined ? "a" : `store ${store} of a`} Vault that somebody else runs has ` +
      "the passwords, which would go with the Secrets that were copied from there: set vault.mode to existing again " +
      "(docs/which-parts.md, A Vault that is there)."
    );
  if (store === undefined || store === secrets.store) return undefined;
  return (
    `vault.prefix says ${secrets.store}, and store ${store} of the Vault has the passwords, which would be deleted there: set ` +
    `vault.prefix to ${store} again.`
  );
}
