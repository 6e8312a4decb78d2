/**
 * Flips every predicate of the pack, one at a time. A copy of the pack is written in which each
 * predicate passes through a switch, so that one load serves for all mutants.
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import ts from "typescript";

export interface Mutant {
  id: number;
  file: string;
  line: number;
  text: string;
}

interface Flip {
  (id: number, value: unknown): unknown;
  active: number;
  seen: Set<number>;
  calls: number;
}

const policy = new URL("../../../policy/", import.meta.url);
/** Inside the repository, so that packages are found; never committed. */
const copy = new URL("../../../.local/policy-mutants/", import.meta.url);

const QUESTIONS = new Set([
  "some",
  "every",
  "includes",
  "test",
  "startsWith",
  "endsWith",
  "isTrue",
  "isFalse",
  "has",
  "hasOwn",
]);
const FACTS = new Set(["known", "unknown", "absent", "isList", "isMap"]);
const COMPARISONS = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
]);
/** A flipped predicate may turn a loop endless. */
const MOST_CALLS = 2_000_000;

function isPredicate(node: ts.Node): boolean {
  const { parent } = node;
  if (parent !== undefined && ts.isIfStatement(parent) && parent.expression === node) return true;
  if (parent !== undefined && ts.isConditionalExpression(parent) && parent.condition === node)
    return true;
  if (ts.isBinaryExpression(node)) return COMPARISONS.has(node.operatorToken.kind);
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    return QUESTIONS.has(node.expression.name.text);
  }
  if (ts.isPropertyAccessExpression(node)) return FACTS.has(node.name.text);
  return false;
}

/** Predicates in the head of a loop only decide how long it runs. */
function inLoopHead(node: ts.Node): boolean {
  for (let child = node; child.parent !== undefined; child = child.parent) {
    const { parent } = child;
    if (ts.isWhileStatement(parent) && parent.expression === child) return true;
    if (ts.isForStatement(parent) && parent.statement !== child) return true;
  }
  return false;
}

function assigned(node: ts.Node): boolean {
  return (
    ts.isBinaryExpression(node.parent) &&
    node.parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    node.parent.left === node
  );
}

function predicates(source: ts.SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (isPredicate(node) && !inLoopHead(node) && !assigned(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function instrument(file: string, firstId: number): { text: string; mutants: Mutant[] } {
  const text = readFileSync(new URL(file, policy), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2024, true, ts.ScriptKind.TS);
  const nodes = predicates(source);
  const mutants = nodes.map((node, index) => ({
    id: firstId + index,
    file,
    line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
    text: node.getText(),
  }));
  const inserts = nodes.flatMap((node, index) => [
    { at: node.getStart(), order: -node.getEnd(), text: `__policyFlip(${firstId + index}, ` },
    { at: node.getEnd(), order: -node.getStart(), text: ")" },
  ]);
  // From the end, so that earlier places stay where they are; the outer of two goes first on.
  inserts.sort(
    (a, b) =>
      b.at - a.at || (a.text === ")" ? -1 : 1) - (b.text === ")" ? -1 : 1) || b.order - a.order,
  );
  let changed = text;
  for (const { at, text: piece } of inserts)
    changed = changed.slice(0, at) + piece + changed.slice(at);
  return { text: changed, mutants };
}

/** Writes the copy. */
export function writeCopy(): { folder: URL; mutants: Mutant[] } {
  rmSync(copy, { recursive: true, force: true });
  const mutants: Mutant[] = [];
  for (const folder of ["engine", "rules"]) {
    mkdirSync(new URL(folder, copy), { recursive: true });
    for (const name of readdirSync(new URL(folder, policy))) {
      const made = instrument(`${folder}/${name}`, mutants.length);
      mutants.push(...made.mutants);
      writeFileSync(new URL(`${folder}/${name}`, copy), made.text);
    }
  }
  writeFileSync(new URL("rules.ts", copy), readFileSync(new URL("rules.ts", policy)));
  writeFileSync(new URL("package.json", copy), '{ "type": "module" }\n');
  return { folder: copy, mutants };
}

export function removeCopy(): void {
  rmSync(copy, { recursive: true, force: true });
}

/** The switch that the copy's predicates pass through. */
export function installSwitch(): Flip {
  const flip = ((id: number, value: unknown) => {
    if (flip.active === -1) flip.seen.add(id);
    flip.calls += 1;
    if (flip.calls > MOST_CALLS) throw new Error("too many steps");
    return id === flip.active ? !value : value;
  }) as Flip;
  flip.active = -1;
  flip.seen = new Set();
  flip.calls = 0;
  (globalThis as Record<string, unknown>)["__policyFlip"] = flip;
  return flip;
}
