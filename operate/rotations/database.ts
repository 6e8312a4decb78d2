import { loginOf } from "../../components/database/login.ts";
import { userFile } from "../../components/shlink/environment.ts";
import { apiKey } from "../../components/shlink/names.ts";
import { workloads } from "../../platform/workloads.ts";
import { query, runningPrimary } from "../archive.ts";
import { readSecret } from "../pods.ts";
import type { Tools } from "../tools.ts";

/**
 * Gives Shlink another login for PostgreSQL, a role with a password of its own. The role before stays valid until no pod
 * uses it, and is then dropped. Then the owner gets another password, with which no pod logs in. A call that was interrupted
 * is made again: it counts one further, and drops what the other has left.
 * @param rotation how often that was done before
 * @throws Error with a sentence where no primary runs, or the new login does not work.
 */
export async function rotateDatabase(tools: Tools, rotation: number): Promise<void> {
  const { pulumi, report } = tools;
  // Where none runs, the stack file stays as it is.
  await runningPrimary(tools.ask);
  const next = rotation + 1;
  const login = loginOf(next);
  await pulumi.set("database.rotation", `${next}`);
  report(`Shlink's pods change over to the login ${login}`);
  await pulumi.up();
  await dropOthers(tools, login);
  report("The user shlink, as whom it acts, gets another password");
  await pulumi.up("--replace", "**RandomPassword::db-password");
  await proveLogin(tools, login);
}

async function dropOthers(tools: Tools, login: string): Promise<void> {
  const sql = `DO $$
    DECLARE other name;
    BEGIN
      FOR other IN SELECT rolname FROM pg_roles WHERE ${isOther(login)} LOOP
        EXECUTE format('REASSIGN OWNED BY %1$I TO shlink; DROP OWNED BY %1$I; DROP ROLE %1$I', other);
      END LOOP;
    END $$`;
  await query(tools.execute, await runningPrimary(tools.ask), sql);
}

const isOther = (login: string) => `rolname ~ '^shlink_[0-9]+$' AND rolname <> '${login}'`;

/** The password goes by the standard input into a variable of the process that logs in. */
const logIn = `read -r user; read -r PGPASSWORD; export PGPASSWORD
PGSSLMODE=require psql --no-psqlrc -qAt -w -h 127.0.0.1 -U "$user" -d shlink -c 'SELECT session_user, current_user'`;

async function proveLogin(tools: Tools, login: string): Promise<void> {
  const { ask, execute, report } = tools;
  const primary = await runningPrimary(ask);
  const files = await readSecret(ask, workloads.shlink.namespace, apiKey.secret);
  const input = [files[userFile], files["db-password"], ""].join("\n");
  const answer = (await execute(primary, ["sh", "-c", logIn], input)).trim();
  if (answer !== `${login}|shlink`)
    throw new Error(
      `The login ${login} does not work as shlink: run this again, or npm run doctor`,
    );
  const others = `SELECT count(*) FROM pg_roles WHERE ${isOther(login)}`;
  if ((await query(execute, primary, others)) !== "0")
    throw new Error("A login of an earlier rotation is still there: run this again.");
  report("PostgreSQL takes the new login, and knows no other of Shlink's but its owner");
}
