import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { type Ask, openApi } from "../effects/api.ts";
import { execute, type Target } from "../effects/exec.ts";
import { type HttpAnswer, type HttpRequest, send } from "../effects/http.ts";
import { chooseContext } from "../effects/kubeconfig.ts";
import { openTunnel } from "../effects/tunnel.ts";
import { selectorText, workloads } from "../platform/workloads.ts";
import { type Report, report } from "../effects/command.ts";
import type { Pulumi } from "./pulumi.ts";

/** Runs a command in a container, which reads `input`, and returns what it prints. */
export type Execute = (target: Target, command: string[], input?: string) => Promise<string>;

/** Asks Shlink's REST API for a path below its own. A Shlink that cannot be reached answers with status 0. */
type AskShlink = (path: string, request: HttpRequest) => Promise<HttpAnswer>;

/** Where a certificate is served: a pod by its labels, and the name that the client asks for. */
export interface Endpoint {
  namespace: string;
  labels: Record<string, string>;
  port: number;
  servername: string;
}

/** What a command works with; tests hand in their own. */
export interface Tools {
  ask: Ask;
  execute: Execute;
  shlink: AskShlink;
  /** The certificate that a pod serves, as its fingerprint; undefined where none is served. */
  served: (endpoint: Endpoint) => Promise<string | undefined>;
  pulumi: Pulumi;
  report: Report;
  /** Waits between two looks. */
  pause: () => Promise<unknown>;
}

/** Opens the way to the cluster of a kubeconfig's context: its current one where none is named. */
export const openTools = async (context: string | undefined, pulumi: Pulumi): Promise<Tools> =>
  toolsOf(await chooseContext(context), pulumi);

/** Opens the way to the cluster that a stack file names. */
export const openStackTools = async (context: string, pulumi: Pulumi): Promise<Tools> =>
  toolsOf(await chooseContext(context, "setting cluster.context"), pulumi);

async function toolsOf(config: KubeConfig, pulumi: Pulumi): Promise<Tools> {
  return {
    ask: await openApi(config, 30),
    execute: (where, command, input) =>
      execute(config, where, command, { seconds: 30, ...(input !== undefined && { input }) }),
    shlink: askShlink(config),
    served: async (endpoint) => fingerprint(await tunnelTo(config, endpoint), endpoint.servername),
    pulumi,
    report,
    pause: () => sleep(2_000),
  };
}

/** Forwards a free loopback port to a pod, and returns it. */
async function tunnelTo(
  config: KubeConfig,
  { namespace, labels, port }: Omit<Endpoint, "servername">,
) {
  const localPort = await freePort();
  const setting = "none, for it was free a moment ago";
  const selector = selectorText(labels);
  await openTunnel(config, { localPort, namespace, selector, port, setting });
  return localPort;
}

/** Shlink itself is asked, through a tunnel to one of its pods: the gateway may be reached by nobody from here. */
function askShlink(config: KubeConfig): AskShlink {
  const { namespace, labels, ports } = workloads.shlink;
  let opened: Promise<number> | undefined;
  return async (path, request) => {
    opened ??= tunnelTo(config, { namespace, labels, port: ports.http });
    return send(`http://127.0.0.1:${await opened}${path}`, request, { servername: "" });
  };
}

/** It is compared with what should be served; who signed it is not asked. */
const fingerprint = (port: number, servername: string) =>
  new Promise<string | undefined>((resolve) => {
    const options = { host: "127.0.0.1", port, servername, rejectUnauthorized: false };
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.setTimeout(10_000, () => socket.destroy());
    socket.once("error", () => resolve(undefined));
    socket.once("close", () => resolve(undefined));
  });

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
