import { randomBytes } from "node:crypto";
import { number, type Fields, type ResourceType } from "../host/resource.ts";
import type { Props } from "../host/values.ts";

const fields: Fields = {
  keepers: { kind: "map", replaces: true },
  length: {
    kind: "integer",
    required: true,
    replaces: true,
    refuse: (value) => (Number(value) < 1 ? "it must be at least 1" : undefined),
  },
  base64: { kind: "string", output: true, secret: true },
  hex: { kind: "string", output: true, secret: true },
};

/** As in the real provider the id is the value itself, so the state shows it in clear. */
export const bytes: ResourceType<null> = {
  token: "random:index/randomBytes:RandomBytes",
  fields,
  create(_, planned) {
    const value = randomBytes(number(planned, "length"));
    return Promise.resolve({
      id: value.toString("base64"),
      state: { ...planned, ...forms(value) },
    });
  },
  read: (_, id, state) => {
    if (state["base64"] !== undefined) return Promise.resolve({ id, state });
    const value = Buffer.from(id, "base64");
    return Promise.resolve({ id, state: { length: value.length, ...forms(value) } });
  },
  update: (_, { planned }) => Promise.resolve(planned),
  remove: () => Promise.resolve(),
};

const forms = (value: Buffer): Props => ({
  base64: value.toString("base64"),
  hex: value.toString("hex"),
});
