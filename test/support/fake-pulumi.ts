import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before } from "mocha";
import { stackSettings } from "../../plan/render.ts";
import { type Ended, runProgram } from "./program.ts";

export interface FakePulumi {
  /** Sets the settings of the stack file and the resources of the state, and forgets the calls. */
  answer(settings: object, resources?: object[]): void;
  /** The arguments of each call. */
  calls(): string[];
  /** Runs a program of the tree that finds this `pulumi` on its path. */
  run(file: string, args: string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
}

/** Gives a suite a `pulumi` that answers questions about the settings, and keeps how it was called. */
export function useFakePulumi(): FakePulumi {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "shlink-platform-pulumi-"));
    const script = `#!/bin/sh\necho "$*" >> '${folder}/calls'\ncase $2 in get) cat '${folder}/settings';; export) cat '${folder}/state';; esac\n`;
    writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
  });
  after(() => rmSync(folder, { recursive: true }));
  return {
    answer: (settings, resources = []) => {
      writeFileSync(join(folder, "state"), JSON.stringify({ deployment: { resources } }));
      writeFileSync(join(folder, "settings"), JSON.stringify(settings));
      writeFileSync(join(folder, "calls"), "");
    },
    calls: () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n"),
    run: (file, args, env) =>
      runProgram(file, args, { PATH: [folder, process.env["PATH"]].join(delimiter), ...env }),
  };
}

/** The settings of a stack file, for the cluster of context `here`. */
export function settingsHere(stack: "dev" | "prod") {
  const settings = stackSettings(stack) as { cluster: object; [key: string]: unknown };
  return { ...settings, cluster: { ...settings.cluster, context: "here" } };
}
