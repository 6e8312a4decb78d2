import type { Registration, Rendering } from "./render.ts";
import { isComponent } from "../platform/project.ts";

/** The resources of a stack as an indented tree, a line each. */
export function tree({ registrations }: Rendering): string[] {
  return branch(registrations, undefined, 0);
}

function branch(all: Registration[], parent: string | undefined, depth: number): string[] {
  return all
    .filter((registration) => registration.parent === parent)
    .flatMap((registration) => [
      `${"  ".repeat(depth)}${describe(registration)}`,
      ...branch(all, key(registration), depth + 1),
    ]);
}

const key = ({ type, name }: Registration) => `${type}::${name}`;

function describe({ type, name, inputs }: Registration): string {
  const kind = isComponent({ type }) ? name : `${shortType(type, inputs)} ${name}`;
  const { chart, version } = inputs as { chart?: string; version?: string };
  return chart === undefined
    ? kind
    : `${kind} (${chart}${version === undefined ? "" : ` ${version}`})`;
}

/** `kubernetes:apps/v1:Deployment` is a Deployment to whoever reads a tree. */
function shortType(type: string, inputs: Record<string, unknown>): string {
  const { kind } = inputs as { kind?: unknown };
  return typeof kind === "string" ? kind : (type.split(":").at(-1) ?? type);
}

/** Where two settings differ: path, and the value in each; a dash where it is absent. */
export function differences(left: unknown, right: unknown, path = ""): [string, string, string][] {
  const [one, other] = [left ?? {}, right ?? {}];
  if (isRecord(one) && isRecord(other)) {
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return keys.flatMap((name) =>
      differences(one[name], other[name], path ? `${path}.${name}` : name),
    );
  }
  const texts = [left, right].map(text) as [string, string];
  return texts[0] === texts[1] ? [] : [[path, ...texts]];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Stands for a value that is not there. */
export const absent = "-";

function text(value: unknown): string {
  if (value === undefined) return absent;
  if (Array.isArray(value)) return value.map(text).join(", ");
  const plain = value as string | number | boolean;
  return String(plain);
}

/** Columns of equal width. */
export function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
