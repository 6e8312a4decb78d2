import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { pulumiFolder, repository } from "../../../local/lib/paths.ts";
import { devSettings, entryOf } from "../../../local/stack/entry.ts";
import { configFile } from "../../../local/stack/environment.ts";
import { existingPulumi } from "../../../local/stack/pulumi.ts";
import { type Link, readApiKey, smoke } from "../../../local/stack/smoke.ts";
import { kubeconfig } from "../platform.ts";

type Settings = Record<string, unknown>;

export const entry = entryOf(await devSettings());

/** Stack dev with other settings: its file, and what is done with it. */
export class Variant {
  readonly file: string;
  /** Variables of Pulumi's besides our own. */
  readonly #env: Record<string, string>;

  constructor(name: string, env: Record<string, string> = {}) {
    this.file = join(pulumiFolder, `Pulumi.${name}.yaml`);
    this.#env = env;
  }

  /** Writes the stack file of dev as `change` makes it, with secrets of its own. */
  async write(change: (settings: Settings) => object, secrets: Record<string, string> = {}) {
    const file = parse(readFileSync(configFile("dev"), "utf8")) as {
      config: Record<string, Settings>;
    };
    const key = "shlink-platform:settings";
    const settings = change(file.config[key] ?? {});
    writeFileSync(this.file, stringify({ ...file, config: { ...file.config, [key]: settings } }));
    for (const [name, value] of Object.entries(secrets)) {
      const { code, output } = await this.#pulumi.setSecret(name, value);
      assert.equal(code, 0, output);
    }
  }

  up = (...options: string[]) => this.#change("up", ...options);

  changesNothing = () => this.up("--expect-no-changes");

  /** A refresh finds everything as the state has it. */
  refreshes = () => this.#change("refresh", "--run-program", "--expect-no-changes");

  async destroy(): Promise<void> {
    assert.ok(await this.#pulumi.destroy());
  }

  /** Creates a link, follows it, and sees the visit counted. */
  async serves(): Promise<Link> {
    return smoke(entry, await readApiKey(kubeconfig));
  }

  async #change(command: "up" | "refresh", ...options: string[]): Promise<void> {
    const usual = ["--yes", "--skip-preview", "--suppress-outputs"];
    assert.ok(await this.#pulumi.show(command, ...usual, ...options));
  }

  get #pulumi() {
    return existingPulumi("dev", { cwd: repository, configFile: this.file, env: this.#env });
  }
}
