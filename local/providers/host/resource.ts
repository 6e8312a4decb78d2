import { crc32 } from "node:zlib";
import { hasUnknown, type Props, type Value } from "./values.ts";

export type Kind = "string" | "integer" | "boolean" | "list" | "set" | "map" | "object";

/** One property of a resource, as the real provider's schema describes it. */
export interface Field {
  kind: Kind;
  required?: true;
  /** The server's value stands when the program gives none. */
  computed?: true;
  /** The server computes this property; it is never an input. */
  output?: true;
  default?: Value;
  /** A change needs a new resource. */
  replaces?: true;
  secret?: true;
  /** Made from the resource's name when the program gives none. */
  autoname?: true;
  /** The form in which the value is kept, so that two spellings of one value are no difference. */
  normalise?: (value: string) => string;
  /** Why a known value is not acceptable. */
  refuse?: (value: Value) => string | undefined;
}

export type Fields = Record<string, Field>;

export interface Outcome {
  id: string;
  state: Props;
}

/** What a change would lead to. `state` is missing when the resource is new. */
export interface Draft {
  state?: Props;
  inputs: Props;
  planned: Props;
  /** Fields that need a new resource although their schema does not say so. */
  replaces: Set<string>;
}

export interface Change {
  id: string;
  state: Props;
  planned: Props;
  changed: ReadonlySet<string>;
}

/** One resource type. `Session` is the connection that the provider's settings lead to. */
export interface ResourceType<Session> {
  token: string;
  fields: Fields;
  /** The old resource has to go before the new one can come. */
  deleteBeforeReplace?: true;
  /** Rules over several inputs, each answer one sentence. */
  refuse?(inputs: Props): string | undefined;
  customise?(session: Session, draft: Draft): Promise<void> | void;
  create(session: Session, planned: Props): Promise<Outcome>;
  /** `undefined` when the resource is gone. */
  read(session: Session, id: string, state: Props): Promise<Outcome | undefined>;
  update(session: Session, change: Change): Promise<Props>;
  remove(session: Session, id: string, state: Props): Promise<void>;
}

export interface Provider<Session> {
  name: string;
  version: string;
  /** Some real providers fill defaults into the inputs, others only into the state. */
  defaultsAreInputs: boolean;
  /** Why the provider's settings cannot be used, by setting. */
  refuse(config: Props): Record<string, string>;
  open(config: Props, cancelled: AbortSignal): Session;
  resources: ResourceType<Session>[];
}

/** The resource was made, but something after that failed: it must not be forgotten. */
export class Incomplete extends Error {
  readonly outcome: Outcome;
  secrets: ReadonlySet<string> = new Set();

  constructor(message: string, outcome: Outcome) {
    super(message);
    this.outcome = outcome;
  }
}

/** Reads a resource that was just written; a failure then must not lose it. */
export async function readBack(
  id: string,
  planned: Props,
  read: () => Promise<Outcome | undefined>,
): Promise<Outcome> {
  try {
    const outcome = await read();
    if (outcome !== undefined) return outcome;
  } catch (error) {
    const known = Object.entries(planned).filter(([, value]) => !hasUnknown(value));
    const reason = error instanceof Error ? error.message : String(error);
    throw new Incomplete(reason, { id, state: Object.fromEntries(known) });
  }
  throw new Error(`"${id}" was written, but is not there.`);
}

/** The order in which the real providers keep the members of a set. */
export function setOrder(values: string[]): string[] {
  const key = (value: string) => String(crc32(value));
  return [...new Set(values)].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

export const text = (props: Props, key: string): string => {
  const value = props[key];
  return typeof value === "string" ? value : "";
};

export const number = (props: Props, key: string): number => {
  const value = props[key];
  return typeof value === "number" ? value : 0;
};

export const flag = (props: Props, key: string): boolean => props[key] === true;

export const strings = (props: Props, key: string): string[] => {
  const value = props[key];
  return Array.isArray(value) ? value.map(String) : [];
};
