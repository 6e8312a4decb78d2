import {
  flag,
  number,
  readBack,
  setOrder,
  strings,
  text,
  type Change,
  type Field,
  type Fields,
  type Outcome,
  type ResourceType,
} from "../host/resource.ts";
import type { Props } from "../host/values.ts";
import type { Postgres, Query } from "./connection.ts";
import { identifier, literal } from "./sql.ts";

const off: Field = { kind: "boolean", default: false };

const fields: Fields = {
  name: { kind: "string", autoname: true },
  password: { kind: "string", secret: true },
  roles: { kind: "set" },
  assumeRole: { kind: "string" },
  login: off,
  superuser: off,
  createDatabase: off,
  createRole: off,
  replication: off,
  bypassRowLevelSecurity: off,
  inherit: { kind: "boolean", default: true },
  connectionLimit: { kind: "integer", default: -1 },
  validUntil: { kind: "string", default: "infinity" },
  encryptedPassword: { kind: "boolean", default: true },
  skipDropRole: off,
  skipReassignOwned: off,
};

export const role: ResourceType<Postgres> = {
  token: "postgresql:index/role:Role",
  fields,
  async create(postgres, planned) {
    const name = text(planned, "name");
    await changing(postgres, async (query) => {
      await query(`CREATE ROLE ${identifier(name)} WITH ${options(planned)}`);
      await belong(query, name, [], strings(planned, "roles"));
      await assume(query, name, text(planned, "assumeRole"));
    });
    return readBack(name, planned, () => current(postgres, name, planned));
  },
  read: current,
  async update(postgres, { id, planned, state }: Change) {
    const name = text(planned, "name");
    await changing(postgres, async (query) => {
      if (name !== id) await query(`ALTER ROLE ${identifier(id)} RENAME TO ${identifier(name)}`);
      await query(`ALTER ROLE ${identifier(name)} WITH ${options(planned)}`);
      await belong(query, name, strings(state, "roles"), strings(planned, "roles"));
      await assume(query, name, text(planned, "assumeRole"));
    });
    return (await readBack(name, planned, () => current(postgres, name, planned))).state;
  },
  remove: (postgres, id, state) =>
    changing(postgres, async (query) => {
      const name = identifier(id);
      if (!flag(state, "skipReassignOwned")) {
        await query(`REASSIGN OWNED BY ${name} TO CURRENT_USER`);
        await query(`DROP OWNED BY ${name}`);
      }
      if (!flag(state, "skipDropRole")) await query(`DROP ROLE ${name}`);
    }),
};

const switches = {
  login: "LOGIN",
  superuser: "SUPERUSER",
  createDatabase: "CREATEDB",
  createRole: "CREATEROLE",
  replication: "REPLICATION",
  bypassRowLevelSecurity: "BYPASSRLS",
  inherit: "INHERIT",
};

/** What CREATE and ALTER say of a role. A password that is not given is left alone. */
function options(planned: Props): string {
  const password = text(planned, "password");
  return [
    ...(password === "" ? [] : [`PASSWORD ${literal(password)}`]),
    `VALID UNTIL ${literal(text(planned, "validUntil") || "infinity")}`,
    `CONNECTION LIMIT ${number(planned, "connectionLimit")}`,
    ...Object.entries(switches).map(([key, word]) => (flag(planned, key) ? word : `NO${word}`)),
  ].join(" ");
}

async function belong(query: Query, name: string, before: string[], after: string[]) {
  for (const gone of before.filter((one) => !after.includes(one)))
    await query(`REVOKE ${identifier(gone)} FROM ${identifier(name)}`);
  for (const group of after) await query(`GRANT ${identifier(group)} TO ${identifier(name)}`);
}

const assume = (query: Query, name: string, other: string) =>
  query(
    `ALTER ROLE ${identifier(name)} ${other === "" ? "RESET ROLE" : `SET ROLE TO ${identifier(other)}`}`,
  );

/** A password is not read back: the server has no more than what checks it. */
async function current(postgres: Postgres, id: string, state: Props): Promise<Outcome | undefined> {
  return changing(postgres, async (query) => {
    const [row] = await query(
      `SELECT rolcanlogin AS login, rolinherit AS inherit, rolsuper AS superuser, coalesce(rolconfig, '{}') AS settings,
         array(SELECT r.rolname::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = pg_roles.oid) AS roles
       FROM pg_roles WHERE rolname = $1`,
      [id],
    );
    if (row === undefined) return undefined;
    const assumed = (row["settings"] as string[]).find((one) => one.startsWith("role="));
    const roles = setOrder(row["roles"] as string[]);
    const found: Props = {
      ...state,
      name: id,
      login: row["login"] === true,
      inherit: row["inherit"] === true,
      superuser: row["superuser"] === true,
    };
    if (state["roles"] !== undefined || roles.length > 0) found["roles"] = roles;
    delete found["assumeRole"];
    if (assumed !== undefined) found["assumeRole"] = assumed.slice("role=".length);
    return { id, state: found };
  });
}

const changing = <T>(postgres: Postgres, work: (query: Query) => Promise<T>): Promise<T> =>
  postgres.transaction(postgres.config.database, work);
