import { Exec } from "@kubernetes/client-node";
import type { KubeConfig, V1Status } from "@kubernetes/client-node";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { databaseContainer } from "./names.ts";
import type { Metadata } from "./types.ts";

/** Runs a command in a pod's container and returns what it prints. */
export type PodExec = (
  pod: Pick<Metadata, "namespace" | "name">,
  command: string[],
  input?: string,
) => Promise<string>;

export function podExec(
  config: KubeConfig,
  { container = databaseContainer, deadline = 120_000 } = {},
): PodExec {
  return async ({ namespace, name }, command, input = "") => {
    const out = new PassThrough();
    const err = new PassThrough();
    const output = Promise.all([text(out), text(err)]);
    const stdin = input === "" ? null : Readable.from([Buffer.from(input)]);
    const status = await new Promise<V1Status>((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`exec in ${name}: ${reason}`));
      const timer = setTimeout(() => fail("no answer in time"), deadline);
      new Exec(config)
        .exec(namespace, name, container, [...command], out, err, stdin, false, (end) => {
          clearTimeout(timer);
          resolve(end);
        })
        .then(
          (socket: { onclose: (() => void) | null }) => {
            socket.onclose = () => fail("connection closed");
          },
          (error: unknown) => fail(String((error as { message?: string }).message ?? error)),
        );
    });
    const [stdout, stderr] = await output;
    if (status.status === "Success") return stdout;
    throw new Error(`exec in ${name}: ${stderr.trim() || (status.message ?? "failed")}`);
  };
}
