import * as pulumi from "@pulumi/pulumi";
import protocol from "@pulumi/pulumi/proto/resource_pb.js";
import protobuf, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { Refusal } from "../platform/refusal.ts";

/** What the running stack's own state says about the cluster. */
export interface StackState {
  /** UIDs of the namespaces that the stack has made, by name. */
  namespaces: Record<string, string>;
  /** The identity of the cluster that they are in: `clusterIdentifier` of the kubernetes provider. */
  cluster?: string;
  /** What the state knows itself by, see claim.ts. */
  identity?: string;
  /** What the stack has made: the type's last word, and the place, such as `Release vault/vault`. Absent: nothing. */
  made?: Set<string>;
  /** The Vault in which it has made something. */
  vault?: RecordedVault;
}

interface RecordedVault {
  address: string;
  /** Vault's own namespace; absent: the root. */
  namespace?: string;
  /** What Vault calls each store by itself, by its path: no other store ever has that name. */
  accessors: Record<string, string>;
}

interface Metadata {
  name?: string;
  namespace?: string;
  uid?: string;
}

/**
 * Asks the engine for the outputs of all resources in the running stack's state. `pulumi.runtime.invoke` would do
 * the same, but prints the whole answer, passwords in plain included, into the log of `pulumi up --debug`. Here
 * only the few outputs that are asked for become values of the program.
 */
export async function ownState(): Promise<StackState> {
  const made = new Set<string>();
  const state: StackState = { namespaces: {}, made };
  const accessors: RecordedVault["accessors"] = {};
  for (const [urn, resource] of (await resources()).entries()) {
    const fields = resource.getStructValue()?.getFieldsMap();
    const outputs = fields?.get("outputs")?.getStructValue();
    const type = fields?.get("type")?.getStringValue();
    if (type === "kubernetes:core/v1:Namespace") {
      const { name, uid } = (field(outputs, "metadata") ?? {}) as Metadata;
      if (name !== undefined && uid !== undefined) state.namespaces[name] = uid;
    }
    if (type === "pulumi:providers:kubernetes" && urn.endsWith("::kubernetes"))
      state.cluster = field(outputs, "clusterIdentifier") as string | undefined;
    if (type === "random:index/randomUuid:RandomUuid" && urn.endsWith("::claim"))
      state.identity = field(outputs, "result") as string | undefined;
    if (type === "pulumi:providers:vault") {
      const address = text(outputs, "address");
      const namespace = text(outputs, "namespace");
      state.vault = { address, accessors, ...(namespace !== "" && { namespace }) };
    }
    if (type === "vault:index/mount:Mount")
      accessors[text(outputs, "path")] = text(outputs, "accessor");
    const place = placeOf(type ?? "", outputs);
    if (place !== undefined) made.add(`${type?.split(":").at(-1)} ${place}`);
  }
  return state;
}

/** Where the API server, Helm or Vault has a resource; undefined for all others. */
function placeOf(type: string, outputs: Struct | undefined): string | undefined {
  if (type.startsWith("vault:")) return field(outputs, "path") as string | undefined;
  if (!type.startsWith("kubernetes:")) return undefined;
  const release = type.startsWith("kubernetes:helm.sh/");
  const of = (name: string) => field(outputs, name);
  const { namespace, name } = (
    release ? { namespace: of("namespace"), name: of("name") } : (of("metadata") ?? {})
  ) as Metadata;
  return `${namespace}/${name}`;
}

const field = (outputs: Struct | undefined, name: string): unknown =>
  outputs?.getFieldsMap().get(name)?.toJavaScript();

/** Empty where there is none. */
const text = (outputs: Struct | undefined, name: string) =>
  outputs?.getFieldsMap().get(name)?.getStringValue() ?? "";

/** Reads the stack's resources by URN, each with its type and outputs. */
async function resources() {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const request = new protocol.ResourceInvokeRequest();
  request.setTok("pulumi:pulumi:readStackResourceOutputs");
  request.setArgs(protobuf.Struct.fromJavaScript({ stackName }));
  const answer = await new Promise<Struct | undefined>((resolve, reject) =>
    pulumi.runtime.getMonitor()?.invoke(request, (error, response) => {
      if (error) reject(new Refusal(`The stack's own state cannot be read: ${error.details}.`));
      else resolve(response.getReturn());
    }),
  );
  const outputs = answer?.getFieldsMap().get("outputs")?.getStructValue();
  if (outputs === undefined)
    throw new Refusal("The engine did not answer with the stack's own state.");
  return outputs.getFieldsMap();
}
