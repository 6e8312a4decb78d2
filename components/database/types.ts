import type { Settings } from "../../settings/index.ts";

export type DatabaseSettings = Settings["database"];
export type Backups = DatabaseSettings["backups"];
/** A restore happens once for each `id`: to the end of the archive, or to the point in time `target`. */
export type Restore = DatabaseSettings["restore"];
/** A pool lends a server connection for as long as a client's session lasts. */
export type Pool = DatabaseSettings["pgBouncer"];
