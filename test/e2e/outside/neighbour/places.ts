import { devSettings, entryOf } from "../../../../local/stack/entry.ts";

/** Where the neighbour has its parts: nowhere that a stack would have its own. */
export const places = {
  mesh: "mesh",
  gateway: "public-gateway",
  secrets: "eso",
  vault: "vault-of-theirs",
  port: entryOf(await devSettings()).port,
};
