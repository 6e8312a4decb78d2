import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach } from "mocha";

/** What a call to the fake was. */
interface Call {
  method: string;
  path: string;
  /** The kinds of answers that are asked for. */
  accept: string;
  body: string;
}

export interface FakeApiServer {
  /** Answers by `METHOD /path?query` or `METHOD /path`, JSON or a text as it is; what has none gets `otherwise`. */
  answers: Record<string, unknown>;
  /** Status of what has no answer. */
  otherwise: number;
  /** Milliseconds that it takes for each answer. */
  delay: number;
  readonly calls: Call[];
  /** Writes a kubeconfig with contexts `here`, the current one, and `there`, and lets `KUBECONFIG` name it. */
  useKubeconfig(server?: string): void;
}

/**
 * Gives a suite an API server on a loopback port that says what the test lets it say. Before each test it has no answers and no
 * calls, and `KUBECONFIG` names it.
 */
export function useApiServer(): FakeApiServer {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-api-"));
  const previous = process.env["KUBECONFIG"];
  const fresh = () => ({ answers: {}, otherwise: 404, delay: 0 });
  const server = createServer((request, response) => void answer(fake, request, response));
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeApiServer = {
    ...fresh(),
    calls: [],
    useKubeconfig: (at = address()) => {
      const file = join(folder, "kubeconfig");
      writeFileSync(file, JSON.stringify(kubeconfig(at)));
      process.env["KUBECONFIG"] = file;
    },
  };
  before(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  beforeEach(() => {
    Object.assign(fake, fresh());
    fake.calls.length = 0;
    fake.useKubeconfig();
  });
  after(() => {
    server.close();
    if (previous === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = previous;
    rmSync(folder, { recursive: true });
  });
  return fake;
}

async function answer(
  fake: FakeApiServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  if (fake.delay > 0) await sleep(fake.delay);
  const { url = "", method = "", headers } = request;
  const [path = ""] = url.split("?");
  fake.calls.push({ method, path, accept: headers.accept ?? "", body });
  const answers = [url, path].map((one) => fake.answers[`${method} ${one}`]);
  const found = answers.find((one) => one !== undefined);
  const made = method === "POST" ? 201 : 200;
  response.statusCode = found === undefined ? fake.otherwise : made;
  response.setHeader("content-type", "application/json");
  const text = typeof found === "string" ? found : undefined;
  const nothing = { kind: "Status", message: "nothing here" };
  response.end(text ?? JSON.stringify(found ?? nothing));
}

const kubeconfig = (server: string) => ({
  "current-context": "here",
  contexts: ["here", "there"].map((name) => ({ name, context: { cluster: "c", user: "u" } })),
  clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
  users: [{ name: "u", user: {} }],
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
