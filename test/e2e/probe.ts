import { Resolver } from "node:dns/promises";
import { connect, createServer } from "node:net";

/** What one run of this program does in the network of a pod; started by connections.ts. */
export type Task =
  { listen: number[] } | { connect: [address: string, port: number][]; ask: string };

/** Nothing here answers as slowly as what is dropped. */
const patience = 2_000;
/** Istio's proxy takes every connection that a pod's programs open, but for those of its own user. */
const proxyUser = 1337;

const task = JSON.parse(process.argv[2] ?? "") as Task;
if ("listen" in task) {
  await Promise.all(task.listen.map(listen));
  process.stdout.write("ready\n");
  process.stdin.resume().on("end", () => process.exit());
} else {
  process.setgid?.(proxyUser);
  process.setuid?.(proxyUser);
  const open = await Promise.all(task.connect.map(([address, port]) => opens(address, port)));
  process.stdout.write(JSON.stringify({ open, names: await resolves(task.ask) }));
}

/** Listens where nobody does yet, so that only a policy can refuse a connection. */
function listen(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on("error", () => undefined).end());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve();
      else reject(error);
    });
    server.listen(port, "0.0.0.0", resolve);
  });
}

function opens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patience });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}

async function resolves(server: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: patience, tries: 1 });
  resolver.setServers([server]);
  return resolver.resolve4("kubernetes.default.svc.cluster.local").then(
    () => true,
    () => false,
  );
}
