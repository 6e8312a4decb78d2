import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "mocha";
import { type Entry, readApiKey } from "../../local/stack/smoke.ts";
import { answersItsClient } from "../support/shlink-client.ts";
import { kubeconfig } from "./platform.ts";

/** Tests for a running platform: every call of Shlink's own client, through the gateway. */
export function servesItsClient(entry: () => Entry): void {
  let way: Server | undefined;
  answersItsClient(async () => {
    way = createServer((asked, answer) => pass(entry(), asked, answer)).listen(0, "127.0.0.1");
    await once(way, "listening");
    const { port } = way.address() as AddressInfo;
    const visited = entry().host;
    const apiKey = await readApiKey(kubeconfig);
    return { url: `http://127.0.0.1:${port}`, apiKey, links: `http://${visited}`, visited };
  });
  after(() => way?.close());
}

/** The client cannot send another Host than that of its address, and no DNS knows the gateway's. */
function pass(
  { address, port, host }: Entry,
  asked: IncomingMessage,
  answer: ServerResponse,
): void {
  const { method, url: path, headers } = asked;
  const target = { host: address, port, method, path, headers: { ...headers, host } };
  const sent = request(target, (received) => {
    answer.writeHead(received.statusCode ?? 502, received.headers);
    received.pipe(answer);
  });
  sent.on("error", () => answer.writeHead(502).end());
  asked.pipe(sent);
}
