import { readFileSync } from "node:fs";
import { environmentOf } from "./environment.ts";
import type { Postgres } from "./postgres.ts";
import { literal, openPatiently } from "./session.ts";

// Here and not beside the others': their texts are in the Jobs of every stack, which would run anew.
declare module "./environment.ts" {
  interface Environments {
    "api-keys.ts": {
      DB_HOST: string;
      DB_PORT: string;
      DB_NAME: string;
      /** The user, or the file that names it. */
      DB_USER?: string;
      DB_USER_FILE?: string;
      DB_PASSWORD_FILE: string;
      /** File with the authority of the server's certificate, where the connection is encrypted. */
      AUTHORITY_FILE?: string;
      /** All keys that there are to be, by name, as JSON. */
      API_KEYS: string;
    };
  }
}

/** A key as Shlink keeps it. */
export interface WantedKey {
  /** SHA-256 of the key, in hexadecimal. */
  hash: string;
  /** The first day on which it is refused. */
  expires?: string | undefined;
  /** Shlink's names of the roles by which it is restricted. */
  roles: ("AUTHORED_SHORT_URLS" | "DOMAIN_SPECIFIC" | "NO_ORPHAN_VISITS")[];
  /** The domain of the role DOMAIN_SPECIFIC. */
  domain?: string | undefined;
}

/**
 * This program lets Shlink know the keys of the stack file, and disables those that are not there any more. Shlink's own command
 * makes keys of its own choice only, so that they are written as Shlink writes them. All that it does can be done again.
 */
const variable = environmentOf<"api-keys.ts">();
/** Names of keys begin with this; others are somebody's, and are left alone. */
const prefix = "stack-file-";
const file = (path: string) => readFileSync(path, "utf8").trim();

const wanted = JSON.parse(variable("API_KEYS")) as Record<string, WantedKey>;
try {
  const session = await connected();
  const disabled = await apply(session).finally(() => session.close());
  console.log(
    `${Object.keys(wanted).length} keys of the stack file are valid, ${disabled} were disabled`,
  );
} catch (error) {
  console.error(
    `The API keys cannot be written: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
}

function connected(): Promise<Postgres> {
  const authority = variable("AUTHORITY_FILE", "");
  const userFile = variable("DB_USER_FILE", "");
  const login = {
    host: variable("DB_HOST"),
    port: Number(variable("DB_PORT")),
    database: variable("DB_NAME"),
    user: userFile === "" ? variable("DB_USER", "") : file(userFile),
    password: file(variable("DB_PASSWORD_FILE")),
    ...(authority === "" ? {} : { authority: file(authority) }),
  };
  return openPatiently(login, "Secret shlink/shlink-secrets");
}

/** All or nothing: returns how many keys were disabled. */
async function apply(session: Postgres): Promise<number> {
  await session.query("BEGIN");
  for (const [name, key] of Object.entries(wanted)) await write(session, name, key);
  const hashes = ["", ...Object.values(wanted).map(({ hash }) => hash)].map(literal).join(", ");
  const disabled = await session.query(
    `UPDATE api_keys SET enabled = false WHERE name LIKE '${prefix}%' AND enabled AND key NOT IN (${hashes}) RETURNING id`,
  );
  await session.query("COMMIT");
  return disabled.length;
}

async function write(session: Postgres, name: string, { hash, expires, roles, domain }: WantedKey) {
  // A key of the same name that had another value stays in the table, disabled: names are told apart by the hash.
  const own = literal(`${prefix}${name}-${hash.slice(0, 8)}`);
  const until = expires === undefined ? "NULL" : `timestamp ${literal(`${expires} 00:00:00`)}`;
  const [[id = ""] = []] = await session.query(
    `INSERT INTO api_keys (key, name, enabled, expiration_date) VALUES (${literal(hash)}, ${own}, true, ${until})
    ON CONFLICT (key) DO UPDATE SET name = EXCLUDED.name, enabled = true, expiration_date = EXCLUDED.expiration_date RETURNING id`,
  );
  await session.query(`DELETE FROM api_key_roles WHERE api_key_id = ${id}`);
  for (const role of roles) {
    const meta =
      role === "DOMAIN_SPECIFIC" && domain !== undefined
        ? { domain_id: await idOf(session, domain), authority: domain }
        : [];
    const values = [literal(role), literal(JSON.stringify(meta)), id].join(", ");
    await session.query(
      `INSERT INTO api_key_roles (role_name, meta, api_key_id) VALUES (${values})`,
    );
  }
}

/** The domain's number, which is made where Shlink has not met it yet. */
async function idOf(session: Postgres, domain: string): Promise<string> {
  const authority = literal(domain);
  await session.query(
    `INSERT INTO domains (authority) SELECT ${authority} WHERE NOT EXISTS (SELECT FROM domains WHERE authority = ${authority})`,
  );
  const [[id = ""] = []] = await session.query(
    `SELECT id FROM domains WHERE authority = ${authority}`,
  );
  return id;
}
