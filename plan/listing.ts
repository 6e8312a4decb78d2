import { type Registration, render } from "./render.ts";

/** What a stack registers, as JSON in an order that does not depend on timing. */
export async function listing(stack: string): Promise<string> {
  const { registrations, outputs } = await render(stack);
  const sorted = registrations
    .map(sortKeys)
    .sort((left, right) => key(left).localeCompare(key(right), "en"));
  return `${JSON.stringify({ outputs, registrations: sorted }, undefined, 2)}\n`;
}

const key = ({ type, name }: Registration) => `${type}::${name}`;

function sortKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sortKeys) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => left.localeCompare(right, "en"));
  return Object.fromEntries(entries.map(([name, item]) => [name, sortKeys(item as unknown)])) as T;
}
