import type { Settings } from "../../settings/index.ts";

/** The database that Crunchy PGO runs. */
export type DatabaseSettings = Omit<Extract<Settings["database"], { mode: "crunchy" }>, "mode">;
/** A database that somebody else runs. */
export type OutsideSettings = Extract<Settings["database"], { mode: "outside" }>;
export type Backups = DatabaseSettings["backups"];
/** A restore happens once for each `id`: to the end of the archive, or to the point in time `target`. */
export type Restore = DatabaseSettings["restore"];
/** A pool lends a server connection for as long as a client's session lasts. */
export type Pool = DatabaseSettings["pgBouncer"];
