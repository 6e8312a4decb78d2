import { PassThrough, Writable } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { reasonOf } from "./reason.ts";

/** A container to run something in. */
export interface Target {
  namespace: string;
  pod: string;
  container: string;
}

/**
 * Runs a command inside a container and returns what it prints.
 * @param input what it reads; nothing by default
 * @throws Error when it does not end well within the time, or may not run
 */
export async function execute(
  config: KubeConfig,
  { namespace, pod, container }: Target,
  command: string[],
  { seconds, input }: { seconds: number; input?: string },
): Promise<string> {
  const { Exec } = await import("@kubernetes/client-node/dist/exec.js");
  const [output, errors] = [new Collector(), new Collector()];
  const stdin = input === undefined ? null : new PassThrough();
  let close: () => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    const refuse = (why: unknown) =>
      reject(new Error(`Nothing can be run in pod ${namespace}/${pod}: ${refusalOf(why)}.`));
    setTimeout(() => refuse(new Error(`no answer in ${seconds} s`)), seconds * 1000).unref();
    new Exec(config)
      .exec(namespace, pod, container, command, output, errors, stdin, false, (status) =>
        status.status === "Success"
          ? resolve()
          : reject(new Error(errors.text.trim() || status.message || "it failed")),
      )
      .then((channel) => {
        close = () => (channel as unknown as Channel).close();
      }, refuse);
  });
  stdin?.end(input);
  try {
    await ended;
  } finally {
    close();
  }
  return output.text;
}

/** Why a command is refused; the client's WebSocket tells the bare status. */
function refusalOf(error: unknown): string {
  const reason = reasonOf(error);
  const [, status] = /^Unexpected server response: (40[13])$/.exec(reason) ?? [];
  if (status === undefined) return reason;
  return `HTTP ${status}, ${status === "401" ? "the login is not accepted" : "the account may not create pods/exec there"}`;
}

/** What is used of the client's WebSocket; its package brings no types for it. */
interface Channel {
  close(): void;
}

/** Keeps what is written to it. */
class Collector extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
