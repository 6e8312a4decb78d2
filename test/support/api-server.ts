import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

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
  readonly address: string;
  /** Writes a kubeconfig with contexts `here`, the current one, and `there`, and lets `KUBECONFIG` name it. */
  useKubeconfig(server?: string): void;
  close(): void;
}

/** An API server on a loopback port that says what the test lets it say. */
export async function fakeApiServer(): Promise<FakeApiServer> {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-api-"));
  const previous = process.env["KUBECONFIG"];
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then(async (body) => {
      if (fake.delay > 0) await sleep(fake.delay);
      const { url = "" } = request;
      const [path = ""] = url.split("?");
      const { method = "", headers } = request;
      calls.push({ method, path, accept: headers.accept ?? "", body });
      const answers = [url, path].map((one) => fake.answers[`${request.method} ${one}`]);
      const answer = answers.find((one) => one !== undefined);
      const made = request.method === "POST" ? 201 : 200;
      response.statusCode = answer === undefined ? fake.otherwise : made;
      response.setHeader("content-type", "application/json");
      const text = typeof answer === "string" ? answer : undefined;
      const nothing = { kind: "Status", message: "nothing here" };
      response.end(text ?? JSON.stringify(answer ?? nothing));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeApiServer = {
    answers: {},
    otherwise: 404,
    delay: 0,
    calls,
    address,
    useKubeconfig: (at = address) => {
      const file = join(folder, "kubeconfig");
      writeFileSync(file, JSON.stringify(kubeconfig(at)));
      process.env["KUBECONFIG"] = file;
    },
    close: () => {
      server.close();
      if (previous === undefined) delete process.env["KUBECONFIG"];
      else process.env["KUBECONFIG"] = previous;
      rmSync(folder, { recursive: true });
    },
  };
  return fake;
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
