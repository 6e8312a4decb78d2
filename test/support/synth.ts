import assert from "node:assert/strict";
import { type Registration, render } from "../../plan/render.ts";

export type StackName = "dev" | "prod";

/** What the program registers for a stack. A resource's key is its type and its name, joined by `::`. */
export class Synthesis {
  readonly #registrations: Registration[];

  constructor(registrations: Registration[]) {
    this.#registrations = registrations;
  }

  resource(key: string): Registration {
    const found = this.#registrations.filter((one) => keyOf(one) === key);
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

  /** Keys of everything directly below a component, in alphabetical order. */
  children(component: string): string[] {
    this.resource(component);
    return this.#registrations
      .filter(({ parent }) => parent === component)
      .map(keyOf)
      .sort();
  }
}

const keyOf = ({ type, name }: Registration) => `${type}::${name}`;
const made = new Map<StackName, Promise<Synthesis>>();

/** Runs the program once for each stack, whichever test asks first: that is what takes the time. */
export function synth(stack: StackName): Promise<Synthesis> {
  const known = made.get(stack);
  if (known !== undefined) return known;
  const fresh = render(stack).then(({ registrations }) => new Synthesis(registrations));
  made.set(stack, fresh);
  return fresh;
}

export const component = (type: string, name: string) => `shlink-platform:index:${type}::${name}`;
export const release = (name: string) => `kubernetes:helm.sh/v3:Release::${name}`;
