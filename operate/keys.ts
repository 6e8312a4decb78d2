import { query, runningPrimary } from "./archive.ts";
import type { Tools } from "./tools.ts";

/** Shlink names the first key by its own value, which is not to be shown: the hash beside it tells. */
const shownName =
  "CASE WHEN key = encode(sha256(convert_to(name, 'UTF8')), 'hex') THEN '(the first key)' ELSE coalesce(name, '-') END";

const listing = `SELECT ${shownName},
  CASE WHEN NOT enabled THEN 'disabled' WHEN expiration_date < now() THEN 'expired' ELSE 'valid' END,
  coalesce(to_char(expiration_date, 'YYYY-MM-DD'), '-'),
  coalesce((SELECT string_agg(concat_ws(' ', role_name, meta::jsonb ->> 'authority'), ', ' ORDER BY role_name)
    FROM api_key_roles WHERE api_key_id = api_keys.id), 'all')
  FROM api_keys ORDER BY id`;

/** The keys that Shlink knows, a line each below the names of the columns, without any of their values. */
export async function listKeys({ ask, execute }: Tools): Promise<string> {
  const rows = await query(execute, await runningPrimary(ask), listing);
  const lines = rows.split("\n").filter((row) => row !== "");
  const table = [["NAME", "STATE", "EXPIRES", "MAY"], ...lines.map((line) => line.split("|"))];
  const width = (column: number) => Math.max(...table.map((row) => (row[column] ?? "").length));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(width(column)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/**
 * Disables a key by its name. Shlink's own command would want another option for that in each of its releases.
 * @throws Error with a sentence where there is none of that name, or where it is the stack file's
 */
export async function disableKey({ ask, execute, report }: Tools, name: string): Promise<void> {
  if (name.startsWith("stack-file-"))
    throw new Error(
      `The key ${name} is the stack file's: take it out of shlink.apiKeys, and run pulumi up.`,
    );
  const sql = `UPDATE api_keys SET enabled = false WHERE name = '${name.replaceAll("'", "''")}' RETURNING id`;
  if ((await query(execute, await runningPrimary(ask), sql)) === "")
    throw new Error(`There is no key ${name}. Look at: npm run api-keys -- list`);
  report(`The key ${name} is disabled`);
}
