import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import type * as pb from "@pulumi/pulumi/proto/provider_pb.js";
import { plan, same } from "./plan.ts";
import { Incomplete, type Outcome, type Provider, type ResourceType } from "./resource.ts";
import { receive, send, sendInputs, type Props, type Received } from "./values.ts";

/** The life of resources: each operation as the engine asks for it. */
export class Operations<Session> {
  readonly provider: Provider<Session>;
  readonly #types: Map<string, ResourceType<Session>>;
  readonly #cancelled = new AbortController();
  #session: Session | undefined;

  constructor(provider: Provider<Session>) {
    this.provider = provider;
    this.#types = new Map(provider.resources.map((type) => [type.token, type]));
  }

  get session(): Session {
    if (this.#session === undefined) {
      throw new Error(
        `The ${this.provider.name} plugin was asked to work before it was configured.`,
      );
    }
    return this.#session;
  }

  configure(config: Props): void {
    const [problem] = Object.entries(this.provider.refuse(config));
    if (problem !== undefined) throw new Error(`Setting ${problem[0]}: ${problem[1]}`);
    this.#session = this.provider.open(config, this.#cancelled.signal);
  }

  cancel(): void {
    this.#cancelled.abort(new Error("The operation was cancelled."));
  }

  typeOf(urn: string): ResourceType<Session> {
    const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const type = this.#types.get(token);
    if (type !== undefined) return type;
    const known = [...this.#types.keys()].join(", ");
    throw new Error(
      `The local ${this.provider.name} plugin has no type "${token}", only: ${known}.`,
    );
  }

  /** Names of what must stay secret: what the schema says, and what came in as a secret. */
  secrets(urn: string, received: ReadonlySet<string>): Set<string> {
    const fields = Object.entries(this.typeOf(urn).fields);
    return new Set([...received, ...fields.filter(([, { secret }]) => secret).map(([key]) => key)]);
  }

  async create(request: pb.CreateRequest): Promise<pb.CreateResponse> {
    const type = this.typeOf(request.getUrn());
    const { props, secrets: received } = receive(request.getProperties());
    const secrets = this.secrets(request.getUrn(), received);
    const { planned } = await plan(type, this.session, props);
    const response = new providerPb.CreateResponse();
    if (request.getPreview()) {
      response.setProperties(send(planned, secrets));
      return response;
    }
    const { id, state } = await this.#guarded(secrets, () => type.create(this.session, planned));
    response.setId(id);
    response.setProperties(send(state, secrets));
    return response;
  }

  async update(request: pb.UpdateRequest): Promise<pb.UpdateResponse> {
    const type = this.typeOf(request.getUrn());
    const { props: state } = receive(request.getOlds());
    const { props: inputs, secrets: received } = receive(request.getNews());
    const secrets = this.secrets(request.getUrn(), received);
    const { planned, changed } = await plan(type, this.session, inputs, state);
    const change = { id: request.getId(), state, planned, changed };
    const response = new providerPb.UpdateResponse();
    const result = request.getPreview()
      ? planned
      : await this.#guarded(secrets, () => type.update(this.session, change));
    response.setProperties(send(result, secrets));
    return response;
  }

  async read(request: pb.ReadRequest): Promise<pb.ReadResponse> {
    const type = this.typeOf(request.getUrn());
    const { props: state, secrets: old } = receive(request.getProperties());
    const inputs = receive(request.getInputs());
    const found = await this.#guarded(new Set(), () =>
      type.read(this.session, request.getId(), state),
    );
    const response = new providerPb.ReadResponse();
    if (found === undefined) return response;
    const secrets = this.secrets(request.getUrn(), new Set([...old, ...inputs.secrets]));
    response.setId(found.id);
    response.setProperties(send(found.state, secrets));
    response.setInputs(sendInputs({ ...inputs, props: seenInputs(type, inputs, found), secrets }));
    return response;
  }

  async remove(request: pb.DeleteRequest): Promise<void> {
    const type = this.typeOf(request.getUrn());
    const { props } = receive(request.getProperties());
    await type.remove(this.session, request.getId(), props);
  }

  /** An unfinished resource goes into the state as well: its secrets must be marked there. */
  async #guarded<T>(secrets: ReadonlySet<string>, work: () => Promise<T>): Promise<T> {
    this.#cancelled.signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (error instanceof Incomplete) error.secrets = secrets;
      throw error;
    }
  }
}

/** A refresh shows the server's values of the inputs that were given, an import all that differ from the default. */
function seenInputs<S>(type: ResourceType<S>, { props }: Received, { state }: Outcome): Props {
  const isImport = Object.keys(props).length === 0;
  const seen: Props = {};
  for (const [key, field] of Object.entries(type.fields)) {
    const given = props[key];
    const value = state[key];
    if (field.output || (given === undefined && !isImport)) continue;
    if (isImport && !field.required && same(field, value, field.default)) continue;
    const kept = given !== undefined && same(field, given, value) ? given : value;
    if (kept !== undefined) seen[key] = kept;
  }
  return seen;
}
