import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface FakePulumi {
  /** The folder with the command. */
  readonly folder: string;
  /** Sets the settings of the stack file, and forgets the calls. */
  answer(settings: object): void;
  /** The arguments of each call. */
  calls(): string[];
  remove(): void;
}

/** A `pulumi` that answers questions about the settings, and keeps how it was called. */
export function fakePulumi(): FakePulumi {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-pulumi-"));
  const [settings, calls] = [join(folder, "settings"), join(folder, "calls")];
  const script = `#!/bin/sh\necho "$*" >> '${calls}'\n[ "$2" != get ] || cat '${settings}'\n`;
  writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
  return {
    folder,
    answer: (value) => {
      writeFileSync(settings, JSON.stringify(value));
      writeFileSync(calls, "");
    },
    calls: () => readFileSync(calls, "utf8").trim().split("\n"),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
