import { flag, setOrder, strings, text } from "../host/resource.ts";
import type { Props } from "../host/values.ts";

export const objectTypes = ["database", "schema", "table", "sequence"];

/** What may be granted on each type of object. */
const allowed: Record<string, string[]> = {
  database: ["CREATE", "CONNECT", "TEMPORARY"],
  schema: ["CREATE", "USAGE"],
  table: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
  sequence: ["USAGE", "SELECT", "UPDATE"],
};

export function privilegesOf(objectType: string, major: number): string[] {
  const base = allowed[objectType] ?? [];
  return objectType === "table" && major >= 17 ? [...base, "MAINTAIN"] : base;
}

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as the server reads it whatever `standard_conforming_strings` says, for it may hold no backslash. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export function grantSql(grant: Props): string {
  const privileges = setOrder(strings(grant, "privileges")).join(",");
  const option = flag(grant, "withGrantOption") ? " WITH GRANT OPTION" : "";
  return `GRANT ${privileges} ON ${target(grant)} TO ${identifier(text(grant, "role"))}${option}`;
}

/** Named objects lose the privileges that were granted, all others every privilege. */
export function revokeSql(grant: Props): string {
  const named = strings(grant, "objects").length > 0;
  const privileges = named ? setOrder(strings(grant, "privileges")).join(",") : "";
  return `REVOKE ${privileges || "ALL PRIVILEGES"} ON ${target(grant)} FROM ${identifier(text(grant, "role"))}`;
}

function target(grant: Props): string {
  const type = text(grant, "objectType");
  const schema = identifier(text(grant, "schema"));
  if (type === "database") return `DATABASE ${identifier(text(grant, "database"))}`;
  if (type === "schema") return `SCHEMA ${schema}`;
  const objects = setOrder(strings(grant, "objects"));
  const keyword = type.toUpperCase();
  if (objects.length === 0) return `ALL ${keyword}S IN SCHEMA ${schema}`;
  return `${keyword} ${objects.map((name) => `${schema}.${identifier(name)}`).join(",")}`;
}

/** `role_database_schema_type`, then the objects; a database has no schema. */
export function grantId(grant: Props): string {
  const parts = [text(grant, "role"), text(grant, "database")];
  if (text(grant, "objectType") !== "database") parts.push(text(grant, "schema"));
  return [...parts, text(grant, "objectType"), ...setOrder(strings(grant, "objects"))].join("_");
}
