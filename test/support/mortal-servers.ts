import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type * as http from "node:http";
import type * as https from "node:https";
import type { AddressInfo } from "node:net";

/** A request at which a client dies: `before` it has an effect, or `after` it, with the answer lost. */
export type Death = `${"before" | "after"} ${string}`;
export type Reply = [status: number, body: string];
type Act = (request: http.IncomingMessage, body: string) => Promise<Reply> | Reply;

/** Servers that kill their client at a chosen request. */
export class MortalServers {
  client: ChildProcess | undefined;
  death: Death | undefined;
  readonly #servers: (http.Server | https.Server)[] = [];

  /** Lets a server answer on a port of its own, and returns that. */
  async listen(server: http.Server | https.Server, act: Act): Promise<number> {
    this.#servers.push(server);
    server.on("request", (request: http.IncomingMessage, response: http.ServerResponse) => {
      this.#answer(request, response, act).catch(() => response.destroy());
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return (server.address() as AddressInfo).port;
  }

  close(): void {
    this.client?.kill("SIGKILL");
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse, act: Act) {
    const body = (await request.setEncoding("utf8").toArray()).join("");
    this.#killAt("before", request);
    const [status, text] = await act(request, body);
    this.#killAt("after", request);
    response.writeHead(status).end(text);
  }

  #killAt(moment: string, { method, url }: http.IncomingMessage): void {
    if (this.death === undefined || !`${moment} ${method} ${url}`.startsWith(this.death)) return;
    if (this.client?.kill("SIGKILL") === true) throw new Error("killed");
  }
}
