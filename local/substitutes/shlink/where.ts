/** A WHERE clause that grows; every `?` in a condition stands for one of its values. */
export class Where {
  readonly values: unknown[] = [];
  readonly #conditions = ["true"];

  add(condition: string, ...values: unknown[]): void {
    let next = this.values.length;
    this.#conditions.push(condition.replaceAll("?", () => `$${(next += 1)}`));
    this.values.push(...values);
  }

  get sql(): string {
    return `WHERE ${this.#conditions.map((condition) => `(${condition})`).join(" AND ")}`;
  }

  /** Takes a condition only when there is a value for it. */
  addGiven(condition: string, value: unknown): void {
    if (value != null) this.add(condition, value);
  }
}
