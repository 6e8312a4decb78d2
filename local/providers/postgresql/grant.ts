import {
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
import { databaseExists, exists, privileges } from "./catalogue.ts";
import { inGoWords, type Postgres, type Query } from "./connection.ts";
import { grantId, grantSql, objectTypes, privilegesOf, revokeSql } from "./sql.ts";

const fixed: Field = { kind: "string", replaces: true };

const fields: Fields = {
  role: { ...fixed, required: true },
  database: { ...fixed, required: true },
  schema: fixed,
  objectType: {
    ...fixed,
    required: true,
    refuse: (value) =>
      objectTypes.some((type) => type === value)
        ? undefined
        : `it must be one of ${objectTypes.join(", ")}`,
  },
  objects: { kind: "set", replaces: true },
  privileges: { kind: "set", required: true },
  withGrantOption: { kind: "boolean", default: false, replaces: true },
};

export const grant: ResourceType<Postgres> = {
  token: "postgresql:index/grant:Grant",
  fields,
  deleteBeforeReplace: true,
  async create(postgres, planned) {
    await apply(postgres, planned, planned);
    const id = grantId(planned);
    return readBack(id, planned, () => current(postgres, planned));
  },
  read: (postgres, _, state) => current(postgres, state),
  async update(postgres, { id, planned, state }: Change) {
    await apply(postgres, planned, state);
    return (await readBack(id, planned, () => current(postgres, planned))).state;
  },
  remove: (postgres, _, state) => changing(postgres, state, (query) => revoke(query, state)),
};

/** Takes away and gives in one transaction: the role is never without its privileges. */
async function apply(postgres: Postgres, planned: Props, previous: Props): Promise<void> {
  refuse(planned);
  await changing(postgres, planned, async (query) => {
    refusePrivileges(planned, await postgres.major(query));
    await revoke(query, previous);
    if (strings(planned, "privileges").length > 0) await query(grantSql(planned));
  });
}

/** Rules that the real provider knows only when it writes; a preview passes. */
function refuse(planned: Props): void {
  const type = text(planned, "objectType");
  if (type !== "database" && text(planned, "schema") === "") {
    throw new Error("parameter 'schema' is mandatory for postgresql_grant resource");
  }
  if ((type === "database" || type === "schema") && strings(planned, "objects").length > 0) {
    throw new Error("cannot specify `objects` when `object_type` is `database` or `schema`");
  }
}

function refusePrivileges(planned: Props, major: number): void {
  const type = text(planned, "objectType");
  const allowed = new Set(["ALL", ...privilegesOf(type, major)]);
  const wrong = strings(planned, "privileges").find((privilege) => !allowed.has(privilege));
  if (wrong !== undefined)
    throw new Error(`${wrong} is not an allowed privilege for object type ${type}`);
}

async function revoke(query: Query, state: Props): Promise<void> {
  try {
    await query(revokeSql(state));
  } catch (error) {
    throw new Error(`could not execute revoke query: ${inGoWords(error, "")}`, { cause: error });
  }
}

/** Two grants to one role must not be changed at the same time: their access lists are one value. */
async function changing(
  postgres: Postgres,
  grant: Props,
  work: (query: Query) => Promise<void>,
): Promise<void> {
  await inDatabase(postgres, text(grant, "database"), async (query) => {
    await query("SET LOCAL statement_timeout = 0");
    const lock = "SELECT pg_advisory_xact_lock(oid::bigint) FROM pg_roles WHERE rolname = $1";
    await query(lock, [text(grant, "role")]);
    await work(query);
  });
}

async function current(postgres: Postgres, grant: Props): Promise<Outcome | undefined> {
  const database = text(grant, "database");
  const home = postgres.config.database;
  const isThere = await inDatabase(postgres, home, (query) => databaseExists(query, database));
  if (!isThere) return undefined;
  return inDatabase(postgres, database, async (query) => {
    if (!(await exists(query, grant))) return undefined;
    const found = await privileges(query, grant, await postgres.major(query));
    const state: Props = { ...grant, privileges: found };
    if (grant["objects"] !== undefined) state["objects"] = setOrder(strings(grant, "objects"));
    return { id: grantId(grant), state };
  });
}

async function inDatabase<T>(
  postgres: Postgres,
  database: string,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  try {
    return await postgres.transaction(database, work);
  } catch (error) {
    const fromServer = error instanceof Error && "severity" in error;
    throw fromServer ? new Error(inGoWords(error, ""), { cause: error }) : error;
  }
}
