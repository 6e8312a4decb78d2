import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { environmentOf } from "./environment.ts";
import { Postgres, ServerError } from "./postgres.ts";

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
/** The network policies of others learn of this pod's address only after a moment. */
const attempts = 30;

/** A certificate that is wrong stays wrong. */
const isDistrust = (error: unknown) =>
  /^(ERR_TLS|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO)/.test((error as { code?: string }).code ?? "");
const file = (path: string) => readFileSync(path, "utf8").trim();
const name = (text: string) => `"${text.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

try {
  const session = await connected();
  await makeAccount(session).finally(() => session.close());
  console.log(`${database} at ${host}:${port}: user ${user} may make tables in schema public`);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`PostgreSQL ${host}:${port}, database ${database}: ${reason}`);
  process.exitCode = 1;
}

async function connected(): Promise<Postgres> {
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
  for (let attempt = 1; ; attempt++) {
    try {
      return await Postgres.open(login);
    } catch (error) {
      if (error instanceof ServerError)
        throw new Error(`${error.message}; its login is Secret ${variable("ADMIN_SECRET_NAME")}`);
      if (attempt === attempts || isDistrust(error)) throw error;
      console.log(`No connection yet: ${(error as Error).message}`);
    }
    await sleep(2_000);
  }
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
