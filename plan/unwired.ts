import { Resource } from "@pulumi/pulumi";
import protobuf from "google-protobuf/google/protobuf/struct_pb.js";

const { Struct } = protobuf;
type Value = Parameters<typeof Struct.fromJavaScript>[0];

/** Messages give their keys in the order of the alphabet. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = value as Record<string, unknown>;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(entries).sort()) copy[key] = sorted(entries[key]);
  return copy;
}

/** A message that keeps its value as it is: only a wire needs the tree of messages. */
class Kept extends Struct {
  readonly #value: Value;

  constructor(value: Value) {
    super();
    this.#value = value;
  }

  override toJavaScript = () => sorted(this.#value) as Value;
  override toArray = () => [];
}

const messages: { fromJavaScript: (value: Value) => InstanceType<typeof Struct> } = Struct;
/** What the SDK asks for the place in the sources at which a resource was made, which the engine keeps. */
const places = Resource as unknown as { callsites: () => object[] };

/**
 * Runs the SDK where no engine listens without what it does for one, which is half of its work: messages for the wire, and
 * the place at which each resource was made.
 */
export async function unwired<T>(run: () => Promise<T>): Promise<T> {
  const [{ fromJavaScript }, { callsites }] = [messages, places];
  messages.fromJavaScript = (value) => new Kept(value);
  places.callsites = () => [];
  try {
    return await run();
  } finally {
    messages.fromJavaScript = fromJavaScript;
    places.callsites = callsites;
  }
}
