import * as grpc from "@grpc/grpc-js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import type pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import grpcPb from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import { listen } from "../../../../local/providers/host/serve.ts";
import type { Provider } from "../../../../local/providers/host/resource.ts";

export type Json = Record<string, structPb.JavaScriptValue>;

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signature = "4dabf18193072939515e22adb298388d";
export const secret = (value: structPb.JavaScriptValue) => ({
  [signature]: "1b47061264138c4ac30d75fd1eb44270",
  value,
});

export interface Diff {
  changes: "none" | "some" | "unknown";
  diffs: string[];
  replaces: string[];
  deleteBeforeReplace: boolean;
  detailed: Record<string, string>;
}

/** Speaks to a plugin as the engine does, over a real connection. */
export class Engine {
  readonly #client: grpcPb.ResourceProviderClient;
  readonly #package: string;

  constructor(port: number, name: string) {
    const address = `127.0.0.1:${port}`;
    this.#client = new grpcPb.ResourceProviderClient(address, grpc.credentials.createInsecure());
    this.#package = name;
  }

  close = (): void => this.#client.close();

  /** The URN of a resource called `name`; `type` without its package, as in `index/mount:Mount`. */
  urn = (type: string, name = "it") =>
    `urn:pulumi:dev::proj::x:y:Z$${this.#package}:${type}::${name}`;

  async version(): Promise<string> {
    const info = await call<pluginPb.PluginInfo>((done) =>
      this.#client.getPluginInfo(new emptyPb.Empty(), done),
    );
    return info.getVersion();
  }

  async cancel(): Promise<void> {
    await call((done) => this.#client.cancel(new emptyPb.Empty(), done));
  }

  async checkConfig(inputs: Json): Promise<{ inputs: Json; failures: Record<string, string> }> {
    const request = new providerPb.CheckRequest();
    request.setUrn(`urn:pulumi:dev::proj::pulumi:providers:${this.#package}::p`);
    request.setNews(struct(inputs));
    return checked(await call((done) => this.#client.checkConfig(request, done)));
  }

  async diffConfig(old: Json, now: Json): Promise<Diff> {
    const request = new providerPb.DiffRequest();
    request.setOldInputs(struct(old));
    request.setOlds(struct(old));
    request.setNews(struct(now));
    return differences(await call((done) => this.#client.diffConfig(request, done)));
  }

  async configure(config: Json = {}): Promise<providerPb.ConfigureResponse> {
    const request = new providerPb.ConfigureRequest();
    request.setArgs(struct(config));
    request.setAcceptsecrets(true);
    return call((done) => this.#client.configure(request, done));
  }

  async check(urn: string, inputs: Json, olds: Json = {}) {
    const request = new providerPb.CheckRequest();
    request.setUrn(urn);
    request.setNews(struct(inputs));
    request.setOlds(struct(olds));
    request.setRandomseed(new Uint8Array([1, 2, 3]));
    return checked(await call((done) => this.#client.check(request, done)));
  }

  async diff(urn: string, state: Json, inputs: Json): Promise<Diff> {
    const request = new providerPb.DiffRequest();
    request.setUrn(urn);
    request.setId("id");
    request.setOlds(struct(state));
    request.setNews(struct(inputs));
    return differences(await call((done) => this.#client.diff(request, done)));
  }

  async create(urn: string, inputs: Json, preview = false): Promise<{ id: string; state: Json }> {
    const request = new providerPb.CreateRequest();
    request.setUrn(urn);
    request.setProperties(struct(inputs));
    request.setPreview(preview);
    const response = await call<providerPb.CreateResponse>((done) =>
      this.#client.create(request, done),
    );
    return { id: response.getId(), state: json(response.getProperties()) };
  }

  async read(urn: string, id: string, state: Json = {}, inputs: Json = {}) {
    const request = new providerPb.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(struct(state));
    request.setInputs(struct(inputs));
    const response = await call<providerPb.ReadResponse>((done) =>
      this.#client.read(request, done),
    );
    return {
      id: response.getId(),
      state: json(response.getProperties()),
      inputs: json(response.getInputs()),
    };
  }

  async update(urn: string, id: string, state: Json, inputs: Json, preview = false): Promise<Json> {
    const request = new providerPb.UpdateRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOlds(struct(state));
    request.setNews(struct(inputs));
    request.setPreview(preview);
    const response = await call<providerPb.UpdateResponse>((done) =>
      this.#client.update(request, done),
    );
    return json(response.getProperties());
  }

  async delete(urn: string, id: string, state: Json): Promise<void> {
    const request = new providerPb.DeleteRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(struct(state));
    await call((done) => this.#client.delete(request, done));
  }
}

/** A plugin inside this process, and its engine. */
export async function start<Session>(provider: Provider<Session>): Promise<Engine> {
  return new Engine(await listen(provider), provider.name);
}

/** What an error carries about a resource that was made all the same. */
export function unfinished(error: unknown): { id: string; state: Json; reasons: string[] } {
  const { metadata } = error as grpc.ServiceError;
  const [packed] = metadata.get("grpc-status-details-bin");
  if (!(packed instanceof Buffer)) throw new Error("the error carries no resource");
  const [any] = statusPb.Status.deserializeBinary(packed).getDetailsList();
  const detail = any?.unpack(
    (bytes) => providerPb.ErrorResourceInitFailed.deserializeBinary(bytes),
    "pulumirpc.ErrorResourceInitFailed",
  );
  if (!detail) throw new Error("the error carries something else");
  return {
    id: detail.getId(),
    state: json(detail.getProperties()),
    reasons: detail.getReasonsList(),
  };
}

type Done<T> = (error: grpc.ServiceError | null, response: T) => void;

const call = <T>(start: (done: Done<T>) => unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    start((error, response) => {
      if (error === null) resolve(response);
      else reject(Object.assign(error, { message: error.details }));
    });
  });

const struct = (value: Json): Struct => structPb.Struct.fromJavaScript(value);
const json = (value: Struct | undefined): Json => value?.toJavaScript() ?? {};

function checked(response: providerPb.CheckResponse) {
  const failures = response.getFailuresList();
  return {
    inputs: json(response.getInputs()),
    failures: Object.fromEntries(failures.map((f) => [f.getProperty(), f.getReason()])),
  };
}

function differences(response: providerPb.DiffResponse): Diff {
  const kinds = Object.entries(providerPb.PropertyDiff.Kind);
  const detailed = response
    .getDetaileddiffMap()
    .toArray()
    .map(([key]) => {
      const kind = response.getDetaileddiffMap().get(key)?.getKind();
      return [key, kinds.find(([, value]) => value === kind)?.[0] ?? ""] as const;
    });
  return {
    changes: (["unknown", "none", "some"] as const)[response.getChanges()],
    diffs: response.getDiffsList(),
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    detailed: Object.fromEntries(detailed),
  };
}
