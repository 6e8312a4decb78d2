import type { Held } from "../../outside/held.ts";

/** No volumes, and servers that are not there. */
export const nothingHeld: Held = {
  volumes: [],
  vault: { namespace: "vault", name: "vault", replicas: 1 },
  secrets: { mode: "install" },
  postgres: { namespace: "postgres", name: "shlink-db", version: 17 },
};
