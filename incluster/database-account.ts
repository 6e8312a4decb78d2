import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environmentOf } from "./environment.ts";
import type { Postgres } from "./postgres.ts";
import { literal, openPatiently } from "./session.ts";

// Here and not beside the others': their texts are in the Jobs of every stack, which would run anew.
declare module "./environment.ts" {
  interface Environments {
    "database-account.ts": {
      DB_HOST: string;
      DB_PORT: string;
      DB_NAME: string;
      /** The user that is made. */
      DB_USER: string;
      /** Folder with the administrator's `username` and `password`, and the Secret that it comes from. */
      ADMIN_FOLDER: string;
      ADMIN_SECRET_NAME: string;
      /** File with the verifier of the user's password. */
      VERIFIER_FILE: string;
      /** File with the authority of the server's certificate, where the connection is encrypted. */
      AUTHORITY_FILE?: string;
    };
  }
}

/**
 * This program makes Shlink's user in a database that somebody else runs, or gives it its new password, and lets it make
 * tables. All that it does can be done again.
 */
const variable = environmentOf<"database-account.ts">();
const [host, port] = [variable("DB_HOST"), Number(variable("DB_PORT"))];
const [database, user] = [variable("DB_NAME"), variable("DB_USER")];

const file = (path: string) => readFileSync(path, "utf8").trim();
const name = (text: string) => `"${text.replaceAll('"', '""')}"`;

try {
  const session = await connected();
  await makeAccount(session).finally(() => session.close());
  console.log(`${database} at ${host}:${port}: user ${user} may make tables in schema public`);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`PostgreSQL ${host}:${port}, database ${database}: ${reason}`);
  process.exitCode = 1;
}

function connected(): Promise<Postgres> {
  const authority = variable("AUTHORITY_FILE", "");
  const folder = variable("ADMIN_FOLDER");
  const login = {
    host,
    port,
    database,
    user: file(join(folder, "username")),
    password: file(join(folder, "password")),
    ...(authority === "" ? {} : { authority: file(authority) }),
  };
  return openPatiently(login, `Secret ${variable("ADMIN_SECRET_NAME")}`);
}

async function makeAccount(session: Postgres): Promise<void> {
  const known = await session.query(`SELECT 1 FROM pg_roles WHERE rolname = ${literal(user)}`);
  const verb = known.length === 0 ? "CREATE" : "ALTER";
  const verifier = file(variable("VERIFIER_FILE"));
  await session.query(`${verb} ROLE ${name(user)} LOGIN PASSWORD ${literal(verifier)}`);
  await session.query(`GRANT CONNECT ON DATABASE ${name(database)} TO ${name(user)}`);
  await session.query(`GRANT CREATE, USAGE ON SCHEMA public TO ${name(user)}`);
  // Who may not give a right is only warned, and nothing is given.
  const rights = ["CREATE", "USAGE"].map(
    (right) => `has_schema_privilege(${literal(user)}, 'public', '${right}')`,
  );
  const [[given] = []] = await session.query(`SELECT ${rights.join(" AND ")}`);
  if (given !== "t")
    throw new Error(
      `the login of Secret ${variable("ADMIN_SECRET_NAME")} cannot let ${user} make tables in schema public: ` +
        "make it the owner of the database, or a member of its owner",
    );
}
