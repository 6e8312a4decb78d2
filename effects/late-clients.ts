import { createRequire } from "node:module";
import type * as generated from "@kubernetes/client-node/dist/gen/index.js";

type Clients = typeof generated;

/** The Kubernetes client's classes for all kinds of objects, loaded when somebody makes the first client. */
const clients = () =>
  createRequire(import.meta.url)("@kubernetes/client-node/dist/gen/index.js") as Clients;

export const createConfiguration: Clients["createConfiguration"] = (...parameters) =>
  clients().createConfiguration(...parameters);

export const ServerConfiguration = new Proxy(class {}, {
  construct: (_, parameters: ConstructorParameters<Clients["ServerConfiguration"]>) =>
    new (clients().ServerConfiguration)(...parameters),
});
