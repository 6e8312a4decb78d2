import { Resource } from "@pulumi/pulumi";
import protobuf from "google-protobuf/google/protobuf/struct_pb.js";

const { Struct } = protobuf;
type Value = Parameters<typeof Struct.fromJavaScript>[0];

/** A message that keeps its value as it is: only a wire needs the tree of messages. */
class Kept extends Struct {
  readonly #value: Value;

  constructor(value: Value) {
    super();
    this.#value = value;
  }

  override toJavaScript = () => this.#value;
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
