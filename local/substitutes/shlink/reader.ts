import { invalidData } from "./problems.ts";

export type Body = Record<string, unknown>;

const atom = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d|Z)$/;
const day = /^\d{4}-\d\d-\d\d$/;

/** What Shlink's filters make of a text, and of a number that stands for one. */
export function clean(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  return String(value)
    .replace(/<[^>]*>/g, "")
    .trim();
}

/** Reads fields one by one and remembers the bad ones, to name them all at once. */
export class Reader {
  readonly #body: Body;
  readonly invalid: string[] = [];

  constructor(body: Body) {
    this.#body = body;
  }

  read<T>(name: string, parse: (value: unknown) => T | undefined): T | null | undefined {
    const value = this.#body[name];
    if (value === undefined) return undefined;
    if (value === null) return null;
    const parsed = parse(value);
    if (parsed === undefined) this.invalid.push(name);
    return parsed;
  }

  text(name: string, isValid: (text: string) => boolean = () => true) {
    return this.read(name, (value) => {
      const text = clean(value);
      return text !== undefined && isValid(text) ? text : undefined;
    });
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]) {
    return this.read(name, (value) => allowed.find((one) => one === clean(value)));
  }

  date(name: string, mayBeDay = false) {
    return this.read(name, (value) => {
      if (typeof value !== "string") return undefined;
      // A day begins in the process's time zone.
      if (mayBeDay && day.test(value)) return new Date(`${value}T00:00:00`);
      return atom.test(value) ? new Date(value) : undefined;
    });
  }

  integer(name: string, minimum: number) {
    return this.read(name, (value) => {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && number >= minimum ? Math.trunc(number) : undefined;
    });
  }

  boolean(name: string) {
    return this.read(name, (value) => value !== "false" && Boolean(value));
  }

  tags(name: string) {
    return this.read(name, (value) => {
      if (!Array.isArray(value)) return undefined;
      // PHP dies of a tag that is no text.
      if (!value.every((tag) => typeof tag === "string")) throw new TypeError(`bad tag in ${name}`);
      return [
        ...new Set(value.map((tag) => (clean(tag) ?? "").toLowerCase().replaceAll(" ", "-"))),
      ];
    });
  }

  /** Fails with the names of all bad fields, if there are any. */
  check(): void {
    if (this.invalid.length > 0) throw invalidData(this.invalid);
  }
}
