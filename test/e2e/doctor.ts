import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import { KubeConfig } from "@kubernetes/client-node";
import { it } from "mocha";
import { findings } from "../../doctor/chain.ts";
import { examine, type Examination } from "../../doctor/finding.ts";
import { openAccess } from "../../doctor/observe/access.ts";
import { observe } from "../../doctor/observe/index.ts";
import { Redaction } from "../../doctor/redaction.ts";
import { readSettings } from "../../settings/stack-file.ts";
import type { Settings } from "../../settings/index.ts";
import { toolFolder } from "../../local/toolchain/index.ts";
import { blocksOf } from "../docs/support/runbooks.ts";
import { kubeconfig, until } from "./platform.ts";

const run = promisify(execFile);

export interface Look {
  config?: KubeConfig;
  /** A change of the stack file that the cluster is compared with. */
  change?: (settings: Settings) => void;
  /** By so many seconds the clock of the machine lags on which the doctor runs. */
  lag?: number;
}

/** What the doctor says of the local cluster, compared with a stack file. */
export async function examined(
  stackFile: string,
  { config, change, lag = 0 }: Look = {},
): Promise<Examination> {
  const own = new KubeConfig();
  own.loadFromFile(kubeconfig);
  const settings = readSettings(stackFile);
  change?.(settings);
  const access = await openAccess(config ?? own, true);
  const redaction = new Redaction();
  const look = () => observe({ access, redaction, settings, report: () => undefined });
  return examine(findings, await lagging(lag, look));
}

/** Has this program's clock lag while it does something. */
async function lagging<T>(seconds: number, act: () => Promise<T>): Promise<T> {
  const now = Date.now;
  Date.now = () => now() - seconds * 1000;
  try {
    return await act();
  } finally {
    Date.now = now;
  }
}

/** Waits until the doctor finds nothing, and could look for everything. */
export async function wellAgain(stackFile: string, seconds: number): Promise<void> {
  let last: Examination | undefined;
  await until("a doctor that finds nothing", seconds, async () => {
    last = await examined(stackFile);
    return last.found.length + last.undecided.length === 0;
  }).catch((error: Error) => {
    const open = last?.undecided.map(({ id, why }) => `${id}: ${why}`) ?? [];
    const seen = last?.found.map(({ id, evidence }) => `${id}: ${evidence.join("; ")}`) ?? [];
    throw new Error([error.message, ...seen, ...open].join("\n"));
  });
}

/** Waits until the doctor names this finding as the first broken link, with this evidence, and says what follows and what to do. */
export async function namedFirst(
  { finding, says = /./ }: { finding: string; says?: RegExp | undefined },
  seconds: number,
  look: () => Promise<Examination>,
) {
  let last: Examination | undefined;
  await until(`a doctor that names ${finding} first`, seconds, async () => {
    last = await look();
    const [first] = last.found;
    return first?.id === finding && says.test(first.evidence.join("\n"));
  }).catch((error: Error) => {
    throw new Error(
      `${error.message}; it says: ${last?.found.map(({ id, evidence }) => `${id} (${evidence.join("; ")})`).join(", ")}`,
    );
  });
}

/** The doctor on a cluster in which nothing was broken, and the commands that its runbooks ask with. */
export function doctorIsSilent(stackFile: string): void {
  it("finds nothing, leaves nothing open, and takes at most 15 seconds", async () => {
    // Whatever was restarted before may take this long to be ready.
    await wellAgain(stackFile, 120);
    const { code, stdout } = await command("--settings", stackFile);
    assert.deepEqual([code, stdout.trim().split("\n").length], [0, 1], stdout);
  });

  it("has runbooks whose questions can be asked as they stand", async () => {
    const folder = "docs/runbooks";
    const blocks = readdirSync(folder).flatMap((file) => blocksOf(`${folder}/${file}`));
    const texts = new Set(
      blocks.filter(({ runnable }) => runnable).flatMap(({ text }) => text.trim().split("\n")),
    );
    const tools = await toolFolder("kubectl", (line) => console.log(line));
    const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: `${tools}:${process.env["PATH"]}` };
    for (const text of texts)
      await assert.doesNotReject(run("bash", ["-euc", text], { env, maxBuffer: 1 << 26 }), text);
  });
}

/** Runs the command as a user does; it ends by itself. */
const command = (...args: string[]) =>
  new Promise<{ code: number; stdout: string }>((resolve) => {
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    execFile(
      process.execPath,
      ["doctor/main.ts", ...args],
      { env, timeout: 15_000 },
      (error, stdout) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout }),
    );
  });
