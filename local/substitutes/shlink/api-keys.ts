import { createHash, randomUUID } from "node:crypto";
import type { Database, Row } from "./database.ts";

export const hashKey = (key: string) => createHash("sha256").update(key).digest("hex");

async function insert(db: Database, key: string, name: string): Promise<void> {
  await db.query("INSERT INTO api_keys (key, name, enabled) VALUES ($1, $2, true)", [
    hashKey(key),
    name,
  ]);
}

/** Makes a key only when there is none at all. Without a name of its own the key is named after itself. */
export async function createInitialKey(db: Database, key: string): Promise<boolean> {
  return db.transaction(async () => {
    const [first] = await db.query("SELECT id FROM api_keys LIMIT 1 FOR UPDATE");
    if (first !== undefined) return false;
    await insert(db, key, key);
    return true;
  });
}

export async function generateKey(db: Database, name: string | undefined): Promise<string> {
  const key = randomUUID();
  return db.transaction(async () => {
    if (name !== undefined) {
      const [taken] = await db.query("SELECT id FROM api_keys WHERE name = $1 FOR UPDATE", [name]);
      if (taken !== undefined) {
        throw new Error(`Another API key with name "${name}" already exists`);
      }
    }
    await insert(db, key, name ?? `${key.slice(0, 8)}-****-****-****-************`);
    return key;
  });
}

export function listKeys(db: Database): Promise<Row[]> {
  return db.query("SELECT name, enabled, expiration_date FROM api_keys ORDER BY id");
}

/** Disables the key of a name, or that very key, and answers how many changed. */
export async function disableKey(db: Database, which: string, byName: boolean): Promise<number> {
  const [column, value] = byName ? ["name", which] : ["key", hashKey(which)];
  const changed = await db.query(
    `UPDATE api_keys SET enabled = false WHERE ${column} = $1 RETURNING id`,
    [value],
  );
  return changed.length;
}

export async function deleteKey(db: Database, name: string): Promise<number> {
  return (await db.query("DELETE FROM api_keys WHERE name = $1 RETURNING id", [name])).length;
}

/** The id of a key that may be used now, or null. */
export async function checkKey(db: Database, key: string): Promise<number | null> {
  const [row] = await db.query(
    `SELECT id FROM api_keys
     WHERE key = $1 AND enabled AND (expiration_date IS NULL OR expiration_date > $2)`,
    [hashKey(key), new Date()],
  );
  return row === undefined ? null : Number(row.id);
}
