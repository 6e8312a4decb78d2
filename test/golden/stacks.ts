import type { Registration } from "../../plan/render.ts";
import { render } from "../../plan/render.ts";

export const stacks = ["dev", "prod"];
export const goldenFile = (stack: string) => new URL(`${stack}.json`, import.meta.url);

/** What a stack registers, in an order that does not depend on timing. */
export async function golden(stack: string): Promise<string> {
  const { registrations, outputs } = await render(stack);
  const sorted = registrations.map(sortKeys).sort((left, right) => order(left).localeCompare(order(right), "en"));
  return `${JSON.stringify({ outputs, registrations: sorted }, undefined, 2)}\n`;
}

const order = ({ type, name }: Registration) => `${type}::${name}`;

function sortKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sortKeys) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => left.localeCompare(right, "en"));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item as unknown)])) as T;
}
