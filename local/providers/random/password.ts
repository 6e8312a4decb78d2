import { randomInt } from "node:crypto";
import {
  flag,
  number,
  text,
  type Draft,
  type Field,
  type Fields,
  type ResourceType,
} from "../host/resource.ts";
import { hasUnknown, type Props } from "../host/values.ts";
import { hashSync } from "bcryptjs";

const switchedOn: Field = { kind: "boolean", computed: true, default: true, replaces: true };
const minimum: Field = { kind: "integer", computed: true, default: 0, replaces: true };
const generated: Field = { kind: "string", output: true, secret: true };

const fields: Fields = {
  keepers: { kind: "map", replaces: true },
  length: {
    kind: "integer",
    required: true,
    replaces: true,
    refuse: (value) => (Number(value) < 1 ? "it must be at least 1" : undefined),
  },
  special: switchedOn,
  upper: switchedOn,
  lower: switchedOn,
  // The old and the new name of one switch.
  number: { kind: "boolean", computed: true, replaces: true },
  numeric: { kind: "boolean", computed: true, replaces: true },
  minNumeric: minimum,
  minUpper: minimum,
  minLower: minimum,
  minSpecial: minimum,
  overrideSpecial: { kind: "string", replaces: true },
  result: generated,
  bcryptHash: generated,
};

const alphabets = {
  numeric: "0123456789",
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  special: "!@#$%&*()-_=+[]{}<>:?",
};
type Group = keyof typeof alphabets;
const groups: [Group, string][] = [
  ["numeric", "minNumeric"],
  ["lower", "minLower"],
  ["upper", "minUpper"],
  ["special", "minSpecial"],
];

export const password: ResourceType<null> = {
  token: "random:index/randomPassword:RandomPassword",
  fields,
  refuse(inputs) {
    if (hasUnknown(inputs)) return undefined;
    if (
      inputs["number"] !== undefined &&
      (inputs["numeric"] ?? inputs["number"]) !== inputs["number"]
    ) {
      return `"number" and "numeric" are set to different values; use "numeric" only`;
    }
    const least = groups.reduce((sum, [, key]) => sum + number(inputs, key), 0);
    if (least > number(inputs, "length")) return `"length" is less than the sum of the minimums`;
    const off = ["special", "upper", "lower", "numeric"].every((key) => inputs[key] === false);
    return off ? `at least one of "special", "upper", "lower", "numeric" must be true` : undefined;
  },
  customise(_, { inputs, planned }: Draft) {
    const digits = inputs["numeric"] ?? inputs["number"] ?? true;
    planned["number"] = inputs["number"] ?? digits;
    planned["numeric"] = digits;
  },
  create: (_, planned) =>
    Promise.resolve({ id: "none", state: withResult(planned, draw(planned)) }),
  // Nothing outside the state knows the value: what is there is right, and an import's id is the value.
  read: (_, id, state) =>
    Promise.resolve({ id: "none", state: state["result"] === undefined ? imported(id) : state }),
  update: (_, { planned }) => Promise.resolve(planned),
  remove: () => Promise.resolve(),
};

const withResult = (planned: Props, result: string): Props => ({
  ...planned,
  result,
  bcryptHash: bcryptHash(result),
});

/** Go's bcrypt writes "2a", where this library writes "2b" for the same algorithm. */
const bcryptHash = (password: string) => hashSync(password, 10).replace("$2b$", "$2a$");

function imported(value: string): Props {
  const defaults = Object.entries(fields).flatMap(([key, field]) =>
    field.default === undefined ? [] : [[key, field.default] as const],
  );
  const state = { ...Object.fromEntries(defaults), number: true, numeric: true };
  return withResult({ ...state, length: [...value].length }, value);
}

/** The minimum of each alphabet first, the rest from all that are switched on, then shuffled. */
export function draw(planned: Props): string {
  const alphabet = (group: Group) =>
    group === "special" ? text(planned, "overrideSpecial") || alphabets.special : alphabets[group];
  const picked = groups.flatMap(([group, key]) => pick(alphabet(group), number(planned, key)));
  const all = groups.flatMap(([group]) => (flag(planned, group) ? [alphabet(group)] : [])).join("");
  picked.push(...pick(all, number(planned, "length") - picked.length));
  for (let last = picked.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [picked[last], picked[other]] = [picked[other] ?? "", picked[last] ?? ""];
  }
  return picked.join("");
}

function pick(alphabet: string, count: number): string[] {
  const characters = [...alphabet];
  return Array.from({ length: count }, () => characters[randomInt(characters.length)] ?? "");
}
