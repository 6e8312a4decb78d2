import * as pulumi from "@pulumi/pulumi";
import program from "../index.ts";
import type { Cluster } from "../effects/cluster.ts";
import { readSettings } from "../settings/stack-file.ts";
import { stackSecrets } from "../platform/brought-secrets.ts";
import { runtimePath, projectName, settingsKey } from "../platform/project.ts";
import { signatureKey } from "../platform/wire.ts";
import { unwired } from "./unwired.ts";

/** One resource as the program registers it. */
export interface Registration {
  type: string;
  name: string;
  /** Inputs with secret values replaced by a mark. */
  inputs: Record<string, unknown>;
  /** Type and name of the parent; absent below the stack itself. */
  parent?: string;
  /** Explicit dependencies, as types and names. */
  dependsOn: string[];
  deletedWith?: string;
  protect: boolean;
  /** Present where a deletion leaves the real thing behind. */
  retainOnDelete?: true;
  /** Whether a provider was named, for the resource or by a component around it. */
  hasProvider: boolean;
}

export interface Rendering {
  stack: string;
  registrations: Registration[];
  outputs: unknown;
}

/** Marks a value that is secret in the state. */
export const secretMark = "[secret]";

/** A cluster that is not there: everything the program asks of it is granted. */
export const absentCluster: Cluster = {
  begin: () => Promise.resolve(),
  changeVolumes: () => Promise.resolve(),
  unrecorded: () => Promise.resolve([]),
  state: () => Promise.resolve({ namespaces: {} }),
  verify: () => Promise.resolve({ clusterIdentifier: "00000000-0000-0000-0000-000000000000" }),
  tunnel: () => Promise.resolve(),
  restored: () => Promise.resolve(),
  accountToken: () => Promise.resolve("token"),
  secret: () => Promise.resolve({ password: "password", "ca.crt": "authority" }),
  send: () => Promise.resolve({ status: 200, body: { auth: { client_token: "token" } } }),
  read: () => "token",
  file: (name) => runtimePath(name),
};

/**
 * Runs the real program for a stack against nothing, and returns what it would ask of the engine. `watch` sees each
 * resource with its options as the program registers it; `cluster` answers in place of the one that is not there.
 */
export async function render(
  stack: string,
  settings = stackSettings(stack),
  watch: pulumi.ResourceTransformation = () => undefined,
  cluster: Partial<Cluster> = {},
): Promise<Rendering> {
  return record(stack, settings, watch, () => program({ ...absentCluster, ...cluster }));
}

/**
 * Runs any program with the settings of a stack against nothing, and returns what it would ask of the engine. The
 * kubernetes provider's SDK sees none of its variables in the shell, which it would take for inputs that no stack file names.
 */
export async function record(...program: Parameters<typeof recorded>): Promise<Rendering> {
  const theirs = Object.entries(process.env).filter(([name]) => ofTheProvider.test(name));
  for (const [name] of theirs) delete process.env[name];
  try {
    return await unwired(() => recorded(...program));
  } finally {
    Object.assign(process.env, Object.fromEntries(theirs));
  }
}

const ofTheProvider = /^PULUMI_K8S_/;

async function recorded(
  stack: string,
  settings: Record<string, unknown>,
  watch: pulumi.ResourceTransformation,
  run: () => Promise<unknown>,
): Promise<Rendering> {
  const recorder = new Recorder();
  const mocks = { newResource: recorder.onCreate, call: refuse };
  configure(settings);
  await pulumi.runtime.setMocks(mocks, projectName, stack, false);
  let outcome: Promise<unknown> = Promise.resolve();
  await pulumi.runtime.runInPulumiStack(() => {
    pulumi.runtime.registerStackTransformation(recorder.onRegister);
    pulumi.runtime.registerStackTransformation(watch);
    outcome = run();
    // A throw that escapes the stack's body ends the process instead of reaching the caller.
    return outcome.catch(() => undefined);
  });
  await pulumi.runtime.disconnect();
  return { stack, registrations: recorder.registrations, outputs: await outcome };
}

/** Gives the program its settings, and a text for each secret: who only reads the stack file cannot decrypt one. */
function configure(settings: Record<string, unknown>): void {
  const keys = Object.keys(stackSecrets).map((name) => `${projectName}:${name}`);
  const secrets = Object.fromEntries(keys.map((key) => [key, `what ${key} stands for, encrypted`]));
  const all = { ...secrets, [settingsKey]: JSON.stringify(settings) };
  pulumi.runtime.setAllConfig(all, keys);
}

/** Joins what the program registers (options, tree) with what the engine receives (resolved inputs). */
class Recorder {
  readonly registrations: Registration[] = [];
  readonly #byKey = new Map<string, Registration>();
  readonly #keys = new Map<pulumi.Resource, string>();

  readonly onRegister: pulumi.ResourceTransformation = ({ resource, type, name, opts }) => {
    const key = `${type}::${name}`;
    const registration: Registration = {
      type,
      name,
      inputs: {},
      ...this.#relations(opts),
      protect: opts.protect === true,
      ...(opts.retainOnDelete === true ? { retainOnDelete: true } : {}),
      hasProvider: hasProvider(opts),
    };
    this.registrations.push(registration);
    this.#byKey.set(key, registration);
    this.#keys.set(resource, key);
    return undefined;
  };

  readonly onCreate = ({ type, name, inputs }: pulumi.runtime.MockResourceArgs) => {
    const registration = this.#byKey.get(`${type}::${name}`);
    if (registration !== undefined) registration.inputs = masked(inputs) as Record<string, unknown>;
    return { id: `${name}-id`, state: { ...plain(inputs), ...computed(type, name) } };
  };

  #relations({ parent, dependsOn, deletedWith }: pulumi.ResourceOptions) {
    const list = dependsOn === undefined ? [] : Array.isArray(dependsOn) ? dependsOn : [dependsOn];
    const known = (resource: unknown) => this.#keys.get(resource as pulumi.Resource);
    return {
      ...(parent === undefined ? {} : { parent: known(parent) }),
      dependsOn: list.map(known).filter((key) => key !== undefined),
      ...(deletedWith === undefined ? {} : { deletedWith: known(deletedWith) }),
    };
  }
}

function hasProvider(
  opts: pulumi.ComponentResourceOptions & pulumi.CustomResourceOptions,
): boolean {
  return opts.provider !== undefined || opts.providers !== undefined || opts.parent !== undefined;
}

/** What providers compute and the program reads. */
function computed(type: string, name: string): Record<string, unknown> {
  if (type === "random:index/randomPassword:RandomPassword") return { result: `${name}-value` };
  if (type === "random:index/randomUuid:RandomUuid") return { result: `${name}-value` };
  if (type === "random:index/randomBytes:RandomBytes")
    return { base64: "AAAAAAAAAAAAAAAAAAAAAA==" };
  if (type === "tls:index/privateKey:PrivateKey") return { privateKeyPem: `${name}-key` };
  if (type === "tls:index/certRequest:CertRequest") return { certRequestPem: `${name}-request` };
  if (type.startsWith("tls:index/")) return { certPem: `${name}-certificate` };
  if (type === "kubernetes:batch/v1:Job") return { status: { succeeded: 1 } };
  if (type === "vault:kv/secretV2:SecretV2") return { metadata: { version: "1" } };
  return {};
}

/** The engine wraps a secret into an object with this key. */
function isSecret(value: object): value is { value: unknown } {
  return signatureKey in value && "value" in value;
}

function masked(value: unknown): unknown {
  return walk(value, () => secretMark);
}

function plain(value: unknown): Record<string, unknown> {
  return walk(value, (secret) => plain(secret)) as Record<string, unknown>;
}

function walk(value: unknown, onSecret: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => walk(item, onSecret));
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return onSecret(value.value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, walk(item, onSecret)]),
  );
}

function refuse({ token }: pulumi.runtime.MockCallArgs): never {
  throw new Error(`the program calls ${token}, which needs an engine`);
}

/** Reads the settings of a stack file, defaults filled in. */
export function stackSettings(stack: string): Record<string, unknown> {
  return readSettings(`Pulumi.${stack}.yaml`);
}
