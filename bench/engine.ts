/** Plays the engine towards a pack: starts it, reads its port, calls it. */

import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js") as typeof import("@grpc/grpc-js"); // oxlint-disable-line typescript/consistent-type-imports

interface Struct {
  toJavaScript(): object;
}
interface Message {
  toObject(): Record<string, unknown>;
}
type Call = (request: object, callback: (error: Error | null, response: Message) => void) => void;
interface Client {
  analyze: Call;
  analyzeStack: Call;
  getAnalyzerInfo: Call;
  configure: Call;
  close(): void;
}
type Setters = Record<string, (value: unknown) => void> & {
  getPolicyconfigMap(): Map<string, object>;
};
const messages = require("@pulumi/pulumi/proto/analyzer_pb") as Record<string, new () => Setters>;
const services = require("@pulumi/pulumi/proto/analyzer_grpc_pb") as {
  AnalyzerClient: new (address: string, credentials: object) => Client;
};
const { Empty } = require("google-protobuf/google/protobuf/empty_pb") as {
  Empty: new () => object;
};
const { Struct } = require("google-protobuf/google/protobuf/struct_pb") as {
  Struct: { fromJavaScript(value: object): Struct };
};

export const packFolder = fileURLToPath(new URL("../policy/", import.meta.url));

export interface Diagnostic {
  policyname: string;
  message: string;
  enforcementlevel: number;
  severity: number;
}
export interface Analyzed {
  type: string;
  name: string;
  urn: string;
  props: Record<string, unknown>;
}
/** The engine's numbers. */
export const LEVEL = { advisory: 0, mandatory: 1, disabled: 2 } as const;

export class Engine {
  readonly #process: ChildProcess;
  readonly #client: Client;
  readonly stdout: () => string;

  private constructor(process: ChildProcess, port: string, stdout: () => string) {
    this.#process = process;
    this.stdout = stdout;
    this.#client = new services.AnalyzerClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    );
  }

  static async start(command: string, args: string[], cwd = packFolder): Promise<Engine> {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NODE: process.execPath },
    });
    let output = "";
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes("\n")) resolve();
      });
      child.on("exit", (code) => reject(new Error(`the pack ended with ${code}: ${errors}`)));
    });
    return new Engine(child, output.trim(), () => output);
  }

  get pid(): number {
    return this.#process.pid ?? Number.NaN;
  }

  async stop(): Promise<void> {
    this.#client.close();
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
  }

  #call(method: keyof Client, request: object): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.#client[method].call(this.#client, request, (error, response) =>
        error === null ? resolve(response) : reject(error),
      );
    });
  }

  async info(): Promise<Record<string, unknown>> {
    return (await this.#call("getAnalyzerInfo", new Empty())).toObject();
  }

  async configure(config: Record<string, { level: number; properties?: object }>): Promise<void> {
    const request = make("ConfigureAnalyzerRequest");
    for (const [name, { level, properties = {} }] of Object.entries(config)) {
      const one = make("PolicyConfig");
      one["setEnforcementlevel"]?.(level);
      one["setProperties"]?.(Struct.fromJavaScript(properties));
      request.getPolicyconfigMap().set(name, one);
    }
    await this.#call("configure", request);
  }

  async analyze(resource: Analyzed): Promise<Diagnostic[]> {
    return diagnostics(await this.#call("analyze", analyzed("AnalyzeRequest", resource)));
  }

  async analyzeStack(resources: Analyzed[]): Promise<Diagnostic[]> {
    const request = make("AnalyzeStackRequest");
    request["setResourcesList"]?.(
      resources.map((resource) => analyzed("AnalyzerResource", resource)),
    );
    return diagnostics(await this.#call("analyzeStack", request));
  }
}

function make(name: string): Setters {
  const Type = messages[name];
  if (Type === undefined) throw new Error(`no message ${name}`);
  return new Type();
}

function analyzed(message: string, { type, name, urn, props }: Analyzed): Setters {
  const request = make(message);
  request["setType"]?.(type);
  request["setName"]?.(name);
  request["setUrn"]?.(urn);
  request["setProperties"]?.(Struct.fromJavaScript(props));
  request["setOptions"]?.(make("AnalyzerResourceOptions"));
  return request;
}

function diagnostics(response: Message): Diagnostic[] {
  return response.toObject()["diagnosticsList"] as Diagnostic[];
}
