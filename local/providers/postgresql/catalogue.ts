import { setOrder, strings, text } from "../host/resource.ts";
import type { Props } from "../host/values.ts";
import type { Query } from "./connection.ts";
import { privilegesOf } from "./sql.ts";

/** PUBLIC is no role: access lists know it as number 0. */
const everybody = "public";

/** Whether the things that a grant is about are there. `query` is on the grant's own database. */
export async function exists(query: Query, grant: Props): Promise<boolean> {
  const role = text(grant, "role");
  if (role !== everybody && !(await any(query, "pg_roles", "rolname", role))) return false;
  const schema = text(grant, "schema");
  if (text(grant, "objectType") === "database" || schema === "") return true;
  return any(query, "pg_namespace", "nspname", schema);
}

export const databaseExists = (query: Query, name: string) =>
  any(query, "pg_database", "datname", name);

async function any(query: Query, table: string, column: string, name: string): Promise<boolean> {
  return (await query(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [name])).length > 0;
}

/** The privileges as they are: those of the grant when all its objects have them, else the first that differ. */
export async function privileges(query: Query, grant: Props, major: number): Promise<string[]> {
  const wanted = setOrder(strings(grant, "privileges"));
  const objects = new Set(strings(grant, "objects"));
  for (const { name, granted } of await accessLists(query, grant)) {
    if (objects.size > 0 && !objects.has(name)) continue;
    const found = setOrder(granted);
    if (!covers(found, wanted, privilegesOf(text(grant, "objectType"), major))) return found;
  }
  return wanted;
}

/** "ALL" is granted as one word, but kept by the server as the single privileges. */
export function covers(found: string[], wanted: string[], all: string[]): boolean {
  const meant = wanted.includes("ALL") ? all : wanted;
  return setOrder(found).join() === setOrder(meant).join();
}

interface AccessList {
  name: string;
  granted: string[];
}

/** One entry for each object, with what the role was granted on it directly. */
async function accessLists(query: Query, grant: Props): Promise<AccessList[]> {
  const role = await roleNumber(query, text(grant, "role"));
  const { sql, values } = listing(grant);
  const rows = await query(
    `SELECT name, array(SELECT DISTINCT privilege_type FROM aclexplode(acl) WHERE grantee = $1::oid) AS granted
     FROM (${sql}) AS objects`,
    [role, ...values],
  );
  return rows.map(({ name, granted }) => ({ name: String(name), granted: granted as string[] }));
}

function listing(grant: Props): { sql: string; values: string[] } {
  const type = text(grant, "objectType");
  if (type === "database") {
    const sql = "SELECT datname AS name, datacl AS acl FROM pg_database WHERE datname = $2";
    return { sql, values: [text(grant, "database")] };
  }
  const values = [text(grant, "schema")];
  if (type === "schema") {
    return {
      sql: "SELECT nspname AS name, nspacl AS acl FROM pg_namespace WHERE nspname = $2",
      values,
    };
  }
  const sql = `SELECT relname AS name, relacl AS acl FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $2 AND relkind = $3`;
  return { sql, values: [...values, type === "table" ? "r" : "S"] };
}

async function roleNumber(query: Query, role: string): Promise<number> {
  if (role === everybody) return 0;
  const [row] = await query("SELECT oid FROM pg_roles WHERE rolname = $1", [role]);
  if (row === undefined) throw new Error(`could not find oid for role ${role}`);
  return Number(row["oid"]);
}
