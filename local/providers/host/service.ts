import type * as grpc from "@grpc/grpc-js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import type * as pb from "@pulumi/pulumi/proto/provider_pb.js";
import { checkInputs, type Failure } from "./check.ts";
import { plan } from "./plan.ts";
import { Operations } from "./operations.ts";
import type { Provider } from "./resource.ts";
import { failure } from "./failure.ts";
import { receive, sendInputs, type Props } from "./values.ts";

type Handler<Request, Response> = (request: Request) => Promise<Response> | Response;

/** The engine's plugin protocol over one provider. */
export function service<Session>(provider: Provider<Session>): grpc.UntypedServiceImplementation {
  const operations = new Operations(provider);
  const empty = () => new emptyPb.Empty();
  return {
    getPluginInfo: unary(() => pluginInfo(provider.version)),
    getSchema: unary(() => schema(provider)),
    attach: unary(empty),
    cancel: unary(() => (operations.cancel(), empty())),
    checkConfig: unary((request: pb.CheckRequest) => checkConfig(provider, request)),
    diffConfig: unary((request: pb.DiffRequest) => diffConfig(request)),
    configure: unary((request: pb.ConfigureRequest) => {
      operations.configure(receive(request.getArgs()).props);
      return configured();
    }),
    check: unary((request: pb.CheckRequest) => check(operations, request)),
    diff: unary((request: pb.DiffRequest) => diff(operations, request)),
    create: unary((request: pb.CreateRequest) => operations.create(request)),
    read: unary((request: pb.ReadRequest) => operations.read(request)),
    update: unary((request: pb.UpdateRequest) => operations.update(request)),
    delete: unary(async (request: pb.DeleteRequest) => {
      await operations.remove(request);
      return empty();
    }),
  };
}

function unary<Request, Response>(handler: Handler<Request, Response>) {
  return (call: grpc.ServerUnaryCall<Request, Response>, done: grpc.sendUnaryData<Response>) => {
    void Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (response) => done(null, response),
        (error: unknown) => done(failure(error)),
      );
  };
}

function pluginInfo(version: string) {
  const info = new pluginPb.PluginInfo();
  info.setVersion(version);
  return info;
}

function schema<Session>({ name, version, resources }: Provider<Session>) {
  const tokens = Object.fromEntries(resources.map(({ token }) => [token, {}]));
  const response = new providerPb.GetSchemaResponse();
  response.setSchema(JSON.stringify({ name, version, resources: tokens }));
  return response;
}

function configured() {
  const response = new providerPb.ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setSupportspreview(true);
  return response;
}

function checkConfig<Session>(provider: Provider<Session>, request: pb.CheckRequest) {
  const { props } = receive(request.getNews());
  const reasons = Object.entries(provider.refuse(props));
  const response = new providerPb.CheckResponse();
  // As they came: old settings and new ones are then equal letter by letter.
  response.setInputs(request.getNews());
  response.setFailuresList(reasons.map(([property, reason]) => failed({ property, reason })));
  return response;
}

/** No setting of these providers forces their resources to be replaced. */
function diffConfig(request: pb.DiffRequest) {
  const old = receive(request.getOldInputs() ?? request.getOlds()).props;
  const now = receive(request.getNews()).props;
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const { DIFF_NONE, DIFF_SOME } = providerPb.DiffResponse.DiffChanges;
  const differing = keys.filter((key) => !equal(old, now, key)).sort();
  const response = new providerPb.DiffResponse();
  response.setChanges(differing.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList(differing);
  return response;
}

const equal = (old: Props, now: Props, key: string) =>
  typeof now[key] !== "symbol" && JSON.stringify(old[key]) === JSON.stringify(now[key]);

function check<Session>(operations: Operations<Session>, request: pb.CheckRequest) {
  const news = receive(request.getNews());
  const previous = receive(request.getOlds());
  const { inputs, defaulted, failures } = checkInputs(operations.typeOf(request.getUrn()), {
    inputs: news.props,
    previous,
    name: request.getUrn().split("::").at(-1) ?? "",
    seed: request.getRandomseed_asU8(),
    defaultsAreInputs: operations.provider.defaultsAreInputs,
  });
  const secrets = operations.secrets(request.getUrn(), news.secrets);
  const response = new providerPb.CheckResponse();
  response.setInputs(sendInputs({ props: inputs, secrets, defaulted: new Set(defaulted) }));
  response.setFailuresList(failures.map(failed));
  return response;
}

function failed({ property, reason }: Failure) {
  const response = new providerPb.CheckFailure();
  response.setProperty(property);
  response.setReason(reason);
  return response;
}

async function diff<Session>(operations: Operations<Session>, request: pb.DiffRequest) {
  const type = operations.typeOf(request.getUrn());
  const state = receive(request.getOlds()).props;
  const inputs = receive(request.getNews()).props;
  const { changed, replaces, planned } = await plan(type, operations.session, inputs, state);
  const { DIFF_NONE, DIFF_SOME } = providerPb.DiffResponse.DiffChanges;
  const response = new providerPb.DiffResponse();
  response.setChanges(changed.size === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList([...changed].sort());
  response.setReplacesList([...replaces].sort());
  response.setStablesList(stables(operations, request.getUrn(), replaces));
  response.setDeletebeforereplace(replaces.size > 0 && type.deleteBeforeReplace === true);
  response.setHasdetaileddiff(true);
  for (const key of changed) {
    const kind = kindOf(state[key] === undefined, planned[key] === undefined, replaces.has(key));
    const entry = new providerPb.PropertyDiff();
    entry.setKind(kind);
    response.getDetaileddiffMap().set(key, entry);
  }
  return response;
}

/** What forces a replacement when it changes cannot change in an update. */
const stables = <Session>(
  operations: Operations<Session>,
  urn: string,
  replaces: ReadonlySet<string>,
) =>
  Object.entries(operations.typeOf(urn).fields)
    .filter(([key, field]) => field.replaces && !replaces.has(key))
    .map(([key]) => key)
    .sort();

function kindOf(added: boolean, deleted: boolean, replaces: boolean) {
  const { Kind } = providerPb.PropertyDiff;
  if (added) return replaces ? Kind.ADD_REPLACE : Kind.ADD;
  if (deleted) return replaces ? Kind.DELETE_REPLACE : Kind.DELETE;
  return replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE;
}
