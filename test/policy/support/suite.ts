/** Cases of one policy: a compliant fixture, one change each, and exactly what must be said. */

import type { Policy } from "../../../policy/engine/policy.ts";

export interface Fixture {
  type: string;
  name: string;
  props: Record<string, unknown>;
  opts?: { protect?: boolean; ignoreChanges?: string[] };
}

/** Keys are paths, their parts parted by a blank; undefined removes. "@type" changes the type. */
export type Change = Record<string, unknown>;

export interface Case {
  title: string;
  resources: Fixture[];
  /** Headlines of the violations, in any order. */
  bad: string[];
  /** Paths that are not known yet. */
  unknown: string[];
}

export interface Suite {
  policy: string;
  cases: Case[];
}

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function set(target: Record<string, unknown>, keys: string[], value: unknown): void {
  const [key = "", ...rest] = keys;
  if (rest.length === 0) {
    if (value === undefined) delete target[key];
    else target[key] = value;
    return;
  }
  target[key] ??= {};
  set(target[key] as Record<string, unknown>, rest, value);
}

function changed(fixture: Fixture, change: Change): Fixture {
  const copy = structuredClone(fixture);
  for (const [path, value] of Object.entries(change)) {
    const keys = path.split(" ");
    if (path.startsWith("@")) set(copy as never, [path.slice(1), ...keys.slice(1)], value);
    else set(copy.props, keys, structuredClone(value));
  }
  return copy;
}

/**
 * Collects the cases of a policy that judges one resource at a time: tables of changes by their titles, for each fixture and
 * for what must be said.
 */
export class Cases implements Suite {
  readonly policy: string;
  readonly cases: Case[] = [];
  readonly fixtures: Record<string, Fixture>;

  constructor(policy: Policy, fixtures: Record<string, Fixture>) {
    this.policy = policy.name;
    this.fixtures = fixtures;
    for (const [name, fixture] of Object.entries(fixtures)) {
      this.add(`the fixture ${name}`, [fixture], [], []);
    }
  }

  add(title: string, resources: Fixture[], bad: string[], unknown: string[]): this {
    this.cases.push({ title, resources, bad, unknown });
    return this;
  }

  of(fixture: string, change: Change): Fixture {
    const base = this.fixtures[fixture];
    if (base === undefined) throw new Error(`no fixture ${fixture}`);
    return changed(base, change);
  }

  good(fixture: string, changes: Record<string, Change>): this {
    return this.#addAll(fixture, changes, [], []);
  }

  bad(fixture: string, headlines: string | string[], changes: Record<string, Change>): this {
    return this.#addAll(fixture, changes, [headlines].flat(), []);
  }

  unknown(fixture: string, paths: string | string[], changes: Record<string, Change>): this {
    return this.#addAll(fixture, changes, [], [paths].flat());
  }

  #addAll(
    fixture: string,
    changes: Record<string, Change>,
    bad: string[],
    unknown: string[],
  ): this {
    for (const [title, change] of Object.entries(changes))
      this.add(title, [this.of(fixture, change)], bad, unknown);
    return this;
  }
}

/** Collects the cases of a policy that judges the whole stack; fixtures are its resources. */
export class StackCases implements Suite {
  readonly policy: string;
  readonly cases: Case[] = [];
  readonly stack: Record<string, Fixture>;

  constructor(policy: Policy, stack: Record<string, Fixture>) {
    this.policy = policy.name;
    this.stack = stack;
    this.cases.push({
      title: "the fixture",
      resources: Object.values(stack),
      bad: [],
      unknown: [],
    });
  }

  /** A change of undefined leaves the resource out. */
  with(changes: Record<string, Change | undefined>, more: Fixture[]): Fixture[] {
    const kept = Object.entries(this.stack).flatMap(([name, fixture]) => {
      if (!(name in changes)) return [fixture];
      const change = changes[name];
      return change === undefined ? [] : [changed(fixture, change)];
    });
    return [...kept, ...more];
  }

  good(title: string, changes: Record<string, Change | undefined>, ...more: Fixture[]): this {
    this.cases.push({ title, resources: this.with(changes, more), bad: [], unknown: [] });
    return this;
  }

  bad(
    title: string,
    changes: Record<string, Change | undefined>,
    bad: string[],
    ...more: Fixture[]
  ): this {
    this.cases.push({ title, resources: this.with(changes, more), bad, unknown: [] });
    return this;
  }

  unknown(
    title: string,
    changes: Record<string, Change | undefined>,
    unknown: string[],
    ...more: Fixture[]
  ): this {
    this.cases.push({ title, resources: this.with(changes, more), bad: [], unknown });
    return this;
  }
}
