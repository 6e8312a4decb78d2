import { recipeOf, type ToolName } from "./catalogue.ts";

/** A download counts as this many seconds of work. */
const downloadSeconds = 20;
const heartbeatMilliseconds = 15_000;
/** Two cores do this much per second, until this machine has shown its own speed. */
const assumedSpeed = 1.7;

/** Reports which step of how many runs, since when, and about how much is left. */
export class Progress {
  readonly #report: (line: string) => void;
  readonly #total: number;
  readonly #left: Map<ToolName, number>;
  readonly #running = new Map<ToolName, number>();
  readonly #since = Date.now();
  readonly #timer: NodeJS.Timeout;
  #finished = 0;
  #begun = 0;

  constructor(tools: ToolName[], report: (line: string) => void) {
    this.#report = report;
    this.#total = tools.length;
    this.#left = new Map(tools.map((tool) => [tool, weight(tool)]));
    this.#timer = setInterval(() => this.#beat(), heartbeatMilliseconds);
    this.#timer.unref();
  }

  /** Runs one step; `work` returns the size of what it made. */
  async step(tool: ToolName, work: () => Promise<number>): Promise<void> {
    const began = Date.now();
    this.#begun += 1;
    this.#running.set(tool, began);
    const verb = recipeOf(tool).from === "go" ? "building from its Go module" : "downloading";
    this.#report(`[${this.#begun}/${this.#total}] ${tool}: ${verb}`);
    const bytes = await work().finally(() => this.#running.delete(tool));
    this.#left.delete(tool);
    this.#finished += weight(tool);
    const took = clock((Date.now() - began) / 1000);
    this.#report(
      `${tool}: done in ${took}, ${Math.round(bytes / 1024 ** 2)} MiB${this.#estimate()}`,
    );
  }

  waiting(tool: ToolName, pid: number): void {
    this.#report(`${tool}: process ${pid} is making it already; waiting for that`);
  }

  end(succeeded: boolean): void {
    clearInterval(this.#timer);
    if (succeeded && this.#total > 0)
      this.#report(`All tools are there after ${clock(this.#elapsed())}.`);
  }

  #elapsed(): number {
    return (Date.now() - this.#since) / 1000;
  }

  #beat(): void {
    const running = [...this.#running].map(
      ([tool, since]) => `${tool} ${clock((Date.now() - since) / 1000)}`,
    );
    if (running.length > 0) this.#report(`  still at it: ${running.join(", ")}${this.#estimate()}`);
  }

  #estimate(): string {
    if (this.#left.size === 0) return "";
    const speed =
      this.#finished > 200 ? this.#finished / Math.max(1, this.#elapsed()) : assumedSpeed;
    return `; about ${clock(remaining(this.#left, this.#running, Date.now()) / speed)} left`;
  }
}

/** Sums the work that is left, where what runs counts as one core's work since its start, but never as done. */
export function remaining(
  left: Map<ToolName, number>,
  running: Map<ToolName, number>,
  now: number,
): number {
  return [...left].reduce((sum, [tool, work]) => {
    const done = (now - (running.get(tool) ?? now)) / 1000;
    return sum + Math.max(work - done, work * 0.1);
  }, 0);
}

export function weight(tool: ToolName): number {
  const recipe = recipeOf(tool);
  return recipe.from === "go" ? recipe.cpuSeconds : downloadSeconds;
}

export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
