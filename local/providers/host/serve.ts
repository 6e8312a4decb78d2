import { flushCompileCache } from "node:module";
import * as grpc from "@grpc/grpc-js";
import grpcPb from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { Provider } from "./resource.ts";
import { service } from "./service.ts";

/** Runs the plugin until the engine ends it. Standard output carries the port and nothing else. */
export async function serve<Session>(provider: Provider<Session>): Promise<void> {
  // First: an engine may be killed as soon as it has read the port.
  endWithParent();
  const port = await listen(provider);
  process.stdout.write(`${port}\n`);
  // Engines end their plugins by a signal, and the cache would be written at the end only.
  flushCompileCache();
}

/** Listens on a free loopback port. */
export async function listen<Session>(provider: Provider<Session>): Promise<number> {
  // States with large values pass the default limit of 4 MiB.
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(grpcPb.ResourceProviderService, service(provider));
  return new Promise((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

/** An engine that was killed cannot end its plugins. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, 1_000).unref();
}
