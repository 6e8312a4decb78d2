import assert from "node:assert/strict";
import { merge } from "../../local/stack/stacks.ts";
import { type Registration, render, stackSettings } from "../../plan/render.ts";
import { stackLabel } from "../../platform/marks.ts";
import type { Settings } from "../../settings/index.ts";

export const stacks = ["dev", "prod"] as const;
export type StackName = (typeof stacks)[number];

/** Settings to lay over those of the stack's file, map by map; `undefined` takes a setting out. */
export type Change = Partial<Record<keyof Settings, unknown>>;

/** What the program registers for a stack. A resource's key is its type and its name, joined by `::`. */
export class Synthesis {
  readonly registrations: Registration[];
  readonly outputs: unknown;

  constructor(registrations: Registration[], outputs: unknown) {
    this.registrations = registrations;
    this.outputs = outputs;
  }

  resource(key: string): Registration {
    const found = this.registrations.filter((one) => keyOf(one) === key);
    assert.equal(found.length, 1, `${key} is registered ${found.length} times`);
    return found[0] as Registration;
  }

  /** One value of a resource's inputs; undefined when it is not there. */
  input(key: string, ...path: (string | number)[]): unknown {
    return path.reduce<unknown>(
      (value, part) => (value as Record<string | number, unknown> | undefined)?.[part],
      this.resource(key).inputs,
    );
  }

  /** Everything of a kind, such as `NetworkPolicy`, in the order of registration. */
  of(kind: string): Registration[] {
    return this.registrations.filter(({ type }) => type.endsWith(`:${kind}`));
  }

  /** Whether anything has this name. */
  has(name: string): boolean {
    return this.registrations.some((one) => one.name === name);
  }

  /** Keys of everything directly below a component, in alphabetical order. */
  children(component: string): string[] {
    this.resource(component);
    return this.registrations
      .filter(({ parent }) => parent === component)
      .map(keyOf)
      .sort();
  }

  /** All registrations as one text, for what must be in it somewhere or nowhere. */
  text(): string {
    return JSON.stringify(this.registrations);
  }
}

const keyOf = ({ type, name }: Registration) => `${type}::${name}`;
/** Nothing changes them: what is laid over makes a copy. */
const own = { dev: stackSettings("dev"), prod: stackSettings("prod") };
const made = new Map<string, Promise<Synthesis>>();

/**
 * Runs the program for a stack, its settings changed or not, and once for all tests that ask for the same:
 * running it is what takes the time.
 */
export function synth(stack: StackName, change: Change = {}): Promise<Synthesis> {
  const settings = merge(own[stack], change) as Record<string, unknown>;
  const key = `${stack} ${JSON.stringify(settings)}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const fresh = render(stack, settings).then(
    ({ registrations, outputs }) => new Synthesis(registrations, outputs),
  );
  made.set(key, fresh);
  return fresh;
}

/** The label by which every object names its stack. */
export const mark = (stack: string) => ({ [stackLabel]: stack });
/** The annotation by which the program's values win. */
export const winning = { "pulumi.com/patchForce": "true" };
export const component = (type: string, name: string) => `shlink-platform:index:${type}::${name}`;
export const release = (name: string) => `kubernetes:helm.sh/v3:Release::${name}`;
