import { createServer, type Server, type Socket } from "node:net";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { openApi } from "./api.ts";
import { podsPath } from "./pods.ts";
import { Refusal } from "../platform/refusal.ts";

/** A forwarded loopback port. */
export interface Tunnel {
  /** Port on 127.0.0.1. */
  localPort: number;
  namespace: string;
  /** Label selector of the pod; the first running one is taken, anew for each connection. */
  selector: string;
  /** Port of the pod. */
  port: number;
  /** Setting to name when the local port is taken. */
  setting: string;
}

const open = new Map<number, Promise<void>>();

/** Forwards `127.0.0.1:localPort` to a pod. A second call for the same port returns the first tunnel. */
export function openTunnel(config: KubeConfig, tunnel: Tunnel): Promise<void> {
  const existing = open.get(tunnel.localPort);
  if (existing !== undefined) return existing;
  const opened = listen(config, tunnel);
  open.set(tunnel.localPort, opened);
  return opened;
}

function listen(config: KubeConfig, tunnel: Tunnel): Promise<void> {
  const server = createServer((socket) => void forward(config, tunnel, socket));
  // Neither the server nor an idle connection of a provider may keep the program from ending.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(taken(tunnel, error)));
    server.listen(tunnel.localPort, "127.0.0.1", () => resolve(ignoreLaterErrors(server)));
  });
}

function ignoreLaterErrors(server: Server): void {
  server.on("error", () => undefined);
}

function taken({ localPort, setting }: Tunnel, error: NodeJS.ErrnoException): Error {
  const reason = error.code === "EADDRINUSE" ? "is in use" : `cannot be opened (${error.message})`;
  return new Refusal(
    `Port ${localPort} on 127.0.0.1 ${reason}: end what uses it, or choose another in the setting ${setting}.`,
  );
}

/** What is used of the client's WebSocket; its package brings no types for it. */
interface Channel {
  close(): void;
  addEventListener(event: "close", listener: () => void): void;
  _socket?: Socket;
}

async function forward(config: KubeConfig, tunnel: Tunnel, socket: Socket): Promise<void> {
  socket.unref();
  socket.on("error", () => socket.destroy());
  try {
    const channel = await openChannel(config, tunnel, socket);
    channel._socket?.unref();
    socket.on("close", () => channel.close());
    channel.addEventListener("close", () => socket.destroy());
  } catch {
    // The provider on the other end reports the lost connection in its own words.
    socket.destroy();
  }
}

async function openChannel(config: KubeConfig, tunnel: Tunnel, socket: Socket): Promise<Channel> {
  const { PortForward } = await import("@kubernetes/client-node/dist/portforward.js");
  const pod = await findPod(config, tunnel);
  const { namespace, port } = tunnel;
  const forwarding = new PortForward(config).portForward(
    namespace,
    pod,
    [port],
    socket,
    null,
    socket,
  );
  const channel: unknown = await forwarding;
  return channel as Channel;
}

interface Pod {
  metadata: { name: string };
  status?: { phase?: string };
}

async function findPod(config: KubeConfig, { namespace, selector }: Tunnel): Promise<string> {
  const ask = await openApi(config);
  const { body } = await ask<{ items?: Pod[] }>(podsPath(namespace, selector));
  const running = body.items?.find(({ status }) => status?.phase === "Running");
  if (running === undefined) throw new Error(`no running pod matches ${selector} in ${namespace}`);
  return running.metadata.name;
}
