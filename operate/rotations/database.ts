import { userFile } from "../../components/shlink/environment.ts";
import { apiKey } from "../../components/shlink/names.ts";
import { workloads } from "../../platform/workloads.ts";
import { findPrimary, query } from "../archive.ts";
import { readSecret } from "../pods.ts";
import type { Tools } from "../tools.ts";

/**
 * Gives Shlink another login for PostgreSQL, a role with a password of its own. The role before stays valid until no pod
 * uses it, and is then dropped by the same `pulumi up`. Then the owner gets another password, with which no pod logs in.
 * A call that was interrupted is made again: it counts one further, and the engine drops what the other has left.
 * @param rotation how often that was done before
 */
export async function rotateDatabase(tools: Tools, rotation: number): Promise<void> {
  const { pulumi, report } = tools;
  const next = rotation + 1;
  await pulumi.set("database.rotation", `${next}`);
  report(`Shlink's pods change over to the login shlink_${next}`);
  await pulumi.up();
  report("The user shlink, as whom it acts, gets another password");
  await pulumi.up("--replace", "**RandomPassword::db-password");
  await proveLogin(tools, `shlink_${next}`);
}

/** The password goes by the standard input into a variable of the process that logs in. */
const logIn = `read -r user; read -r PGPASSWORD; export PGPASSWORD
PGSSLMODE=require psql --no-psqlrc -qAt -w -h 127.0.0.1 -U "$user" -d shlink -c 'SELECT session_user, current_user'`;

async function proveLogin({ ask, execute, report }: Tools, login: string): Promise<void> {
  const primary = await findPrimary(ask);
  if (primary === undefined) throw new Error("No primary of PostgreSQL runs: npm run doctor");
  const files = await readSecret(ask, workloads.shlink.namespace, apiKey.secret);
  const input = [files[userFile], files["db-password"], ""].join("\n");
  const answer = (await execute(primary, ["sh", "-c", logIn], input)).trim();
  const others = `SELECT count(*) FROM pg_roles WHERE rolname ~ '^shlink_[0-9]+$' AND rolname <> '${login}'`;
  if (answer !== `${login}|shlink`)
    throw new Error(
      `The login ${login} does not work as shlink: run this again, or npm run doctor`,
    );
  if ((await query(execute, primary, others)) !== "0")
    throw new Error("A login of an earlier rotation is still there: run this again.");
  report(`PostgreSQL takes the new login, and knows no other of Shlink's but its owner`);
}
