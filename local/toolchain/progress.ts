import { recipes, type Recipe, type ToolName } from "./catalogue.ts";

/** Seconds that a download is taken for. */
const downloadSeconds = 20;
const heartbeatSeconds = 15;

/** Tells which step of how many runs, since when, and about how much is left. */
export class Progress {
  readonly #tell: (line: string) => void;
  readonly #total: number;
  readonly #running = new Map<ToolName, number>();
  readonly #weights: Map<ToolName, number>;
  readonly #since = Date.now();
  readonly #timer: NodeJS.Timeout;
  #begun = 0;

  constructor(tools: ToolName[], tell: (line: string) => void) {
    this.#tell = tell;
    this.#total = tools.length;
    this.#weights = new Map(tools.map((tool) => [tool, weight(recipes[tool])]));
    this.#timer = setInterval(() => this.#beat(), heartbeatSeconds * 1000);
    this.#timer.unref();
  }

  async step(tool: ToolName, work: () => Promise<void>): Promise<void> {
    this.#begun += 1;
    this.#running.set(tool, Date.now());
    this.#tell(`[${this.#begun}/${this.#total}] ${tool}: ${verb(recipes[tool])}`);
    await work();
  }

  size(tool: ToolName, bytes: number): void {
    const seconds = Math.round((Date.now() - (this.#running.get(tool) ?? Date.now())) / 1000);
    this.#running.delete(tool);
    this.#weights.delete(tool);
    this.#tell(
      `${tool}: done in ${seconds} s, ${Math.round(bytes / 1024 ** 2)} MiB${this.#left()}`,
    );
  }

  end(): void {
    clearInterval(this.#timer);
    if (this.#total > 0)
      this.#tell(`All tools are there after ${clock(Date.now() - this.#since)}.`);
  }

  #beat(): void {
    const running = [...this.#running].map(
      ([tool, since]) => `${tool} ${clock(Date.now() - since)}`,
    );
    if (running.length > 0) this.#tell(`  still at it: ${running.join(", ")}${this.#left()}`);
  }

  /** Two builds share two cores: the sum of what is left, halved. */
  #left(): string {
    const seconds = [...this.#weights.values()].reduce((sum, each) => sum + each, 0) / 2;
    return this.#weights.size === 0 ? "" : `; about ${clock(seconds * 1000)} left`;
  }
}

const weight = (recipe: Recipe) => (recipe.from === "go" ? recipe.cpuSeconds : downloadSeconds);
const verb = (recipe: Recipe) =>
  recipe.from === "go" ? "building from its Go module" : "downloading";

function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
