import { randomUUID } from "node:crypto";
import type { Fields, ResourceType } from "../host/resource.ts";

const fields: Fields = {
  keepers: { kind: "map", replaces: true },
  result: { kind: "string", output: true },
};

/** As in the real provider the id is the value. */
export const uuid: ResourceType<null> = {
  token: "random:index/randomUuid:RandomUuid",
  fields,
  create(_, planned) {
    const id = randomUUID();
    return Promise.resolve({ id, state: { ...planned, result: id } });
  },
  read: (_, id, state) => Promise.resolve({ id, state: { ...state, result: id } }),
  update: (_, { planned }) => Promise.resolve(planned),
  remove: () => Promise.resolve(),
};
