import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import ts from "typescript";

interface Measured {
  place: string;
  lines: number;
  /** A callback has none. */
  hasName: boolean;
}

const hasBody = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionLike(node) && "body" in node && node.body !== undefined;

const hasName = ({ kind, parent }: ts.Node) =>
  (kind !== ts.SyntaxKind.ArrowFunction && kind !== ts.SyntaxKind.FunctionExpression) ||
  ts.isVariableDeclaration(parent) ||
  ts.isPropertyDeclaration(parent);

/** A suite is written as a function and is a list of cases; its file's length limits it. */
const isSuite = ({ parent }: ts.Node) =>
  ts.isCallExpression(parent) && parent.expression.getText() === "describe";

function measure(file: string): Measured[] {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const found: Measured[] = [];
  const visit = (node: ts.Node): void => {
    if (hasBody(node) && !isSuite(node)) {
      const first = lineOf(node.getStart());
      const lines = lineOf(node.end) - first + 1;
      found.push({ place: `${file}:${first}`, lines, hasName: hasName(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const files = globSync("**/*.{ts,js}", { exclude: ["**/node_modules", ".local", ".run"] }).sort();

describe("Functions", () => {
  it("have at most 60 lines in tests, where suites do not count", () => {
    const functions = files.filter((file) => file.startsWith("test/")).flatMap(measure);
    assert.ok(functions.length > 5000);
    assert.deepEqual(
      functions.filter(({ lines }) => lines > 60),
      [],
    );
  });

  it("of the program are short: 9 of 10 that have a name have at most 18 lines", () => {
    const functions = files.filter((file) => !file.startsWith("test/")).flatMap(measure);
    const lines = functions.filter((one) => one.hasName).map((one) => one.lines);
    assert.ok(lines.length > 2500);
    assert.ok(lines.filter((count) => count > 18).length <= lines.length / 10);
  });
});
