/**
 * Reads what Vault reads as its configuration: HCL 1 or JSON, with the freedoms of both (any case
 * of a key, `=` or `:`, optional commas, repeated keys). Linear in the length of the text.
 */

type Literal = { kind: "string" | "number" | "word" | "null"; text: string };

type List = { kind: "list"; items: Value[] };

export type Body = { kind: "object"; items: Item[] };

export type Value = Literal | List | Body;

export type Item = { keys: string[]; value: Value };

type Token = {
  kind: "string" | "number" | "word" | "mark";
  text: string;
  /** Every reader of HCL and JSON takes it for the same value, and for the same key. */
  plain: boolean;
  plainKey: boolean;
};

const SPACE = /[\s\uFEFF]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const STRING = /"((?:[^"\\\n$]|\\[\s\S]|\$(?!\{)|\$\{[^}"]*(?:"[^"]*"[^}"]*)*\})*)"/y;
const HEREDOC = /<<-?([A-Za-z_][\w.-]*)[ \t]*\r?\n/y;
const NUMBER = /[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.])/y;
const WORD = /[A-Za-z_][\w.-]*/y;
const MARK = /[{}[\]=:,]/y;

/** In JSON a key with the value null is as good as absent. */
const NULL: Literal = { kind: "null", text: "null" };

const MAX_DEPTH = 100;
/** More than twice what a ConfigMap or Secret can hold. */
const LONGEST = 2 * 1024 * 1024;

/** @param pattern sticky */
function matchAt(pattern: RegExp, text: string, at: number) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** @returns undefined when the text is no HCL */
function tokens(text: string): Token[] | undefined {
  const found: Token[] = [];
  let at = 0;
  for (;;) {
    let space = matchAt(SPACE, text, at);
    while (space !== null) {
      at += space[0].length;
      space = matchAt(SPACE, text, at);
    }
    if (at >= text.length) return found;
    const next = tokenAt(text, at);
    if (next === undefined) return undefined;
    found.push(next.token);
    at = next.end;
  }
}

function tokenAt(text: string, at: number): { token: Token; end: number } | undefined {
  const string = matchAt(STRING, text, at);
  if (string) {
    const [whole, inner = ""] = string;
    const plain = { plain: !inner.includes("${"), plainKey: /^[ -Z^-~[\]]*$/.test(inner) };
    return made("string", unescape(inner), at + whole.length, plain);
  }
  const heredoc = matchAt(HEREDOC, text, at);
  if (heredoc) return heredocAt(text, at + heredoc[0].length, heredoc[1] ?? "");
  const number = matchAt(NUMBER, text, at);
  if (number) return made("number", number[0], at + number[0].length);
  const word = matchAt(WORD, text, at);
  if (word) return made("word", word[0], at + word[0].length);
  const mark = matchAt(MARK, text, at);
  if (mark) return made("mark", mark[0], at + 1);
  return undefined;
}

const PLAIN = { plain: true, plainKey: true };

function made(kind: Token["kind"], text: string, end: number, plain: typeof PLAIN = PLAIN) {
  return { token: { kind, text, ...plain }, end };
}

function heredocAt(text: string, start: number, marker: string) {
  let at = start;
  while (at <= text.length) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, end);
    if (line.trim() === marker) {
      const inner = text.slice(start, at);
      // Readers differ in what may stand beside the mark.
      const plain = line.trimStart() === marker && !inner.includes(marker);
      return made("string", inner, end, { plain, plainKey: true });
    }
    if (newline < 0) return undefined;
    at = newline + 1;
  }
  return undefined;
}

function unescape(text: string) {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code: string) => {
    const named = { n: "\n", t: "\t", r: "\r" }[code];
    if (named !== undefined) return named;
    return /^u.{4}/.test(code) ? String.fromCharCode(parseInt(code.slice(1), 16)) : code;
  });
}

class Unreadable extends Error {}

class Reader {
  at = 0;
  /** Whether every reader of HCL and JSON takes the text for the same. */
  plain = true;
  private depth = 0;
  private json = false;
  private readonly all: Token[];

  constructor(all: Token[]) {
    this.all = all;
  }

  /** A whole JSON document is one object; HCL is the inside of one. */
  root(): Body {
    this.json = this.takes("{");
    return this.body(this.json ? "}" : "end");
  }

  sees(text: string) {
    const token = this.all[this.at];
    return token?.kind === "mark" && token.text === text;
  }

  takes(text: string) {
    if (!this.sees(text)) return false;
    this.at += 1;
    return true;
  }

  take() {
    const token = this.all[this.at];
    if (token === undefined) throw new Unreadable("the text ends too early");
    this.at += 1;
    if (!token.plain) this.plain = false;
    return token;
  }

  body(until: "}" | "end"): Body {
    const items: Item[] = [];
    const seen = new Set<string>();
    for (;;) {
      while (this.takes(","));
      if (until === "end" ? this.at >= this.all.length : this.takes("}")) break;
      const item = this.item();
      items.push(item);
      if (isBlock(item)) continue;
      const [key = ""] = item.keys;
      if (seen.has(key.toLowerCase())) this.plain = false;
      seen.add(key.toLowerCase());
    }
    return { kind: "object", items };
  }

  item(): Item {
    const keys = [];
    while (!this.sees("{") && !this.takes("=") && !this.takes(":")) {
      const token = this.take();
      if (token.kind === "mark") throw new Unreadable("a key was expected");
      if (!token.plainKey) this.plain = false;
      keys.push(token.text);
    }
    if (keys.length === 0) throw new Unreadable("a key was expected");
    return { keys, value: this.value() };
  }

  value(): Value {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new Unreadable("nested too deeply");
    const value = this.plainValue();
    this.depth -= 1;
    return value;
  }

  plainValue(): Value {
    if (this.takes("{")) return this.body("}");
    if (this.takes("[")) return this.list();
    const token = this.take();
    if (token.kind === "mark") throw new Unreadable("a value was expected");
    if (this.json && token.kind === "word" && token.text === "null") return NULL;
    return { kind: token.kind, text: token.text };
  }

  list(): List {
    const items: Value[] = [];
    for (;;) {
      while (this.takes(","));
      if (this.takes("]")) return { kind: "list", items };
      items.push(this.value());
    }
  }
}

/** Blocks may stand several times, such as listeners do. */
function isBlock({ value }: Item) {
  return value.kind === "object" || (value.kind === "list" && value.items.some(isObject));
}

function isObject(value: Value) {
  return value.kind === "object";
}

/** @returns undefined when Vault could not read it either */
export function readHcl(text: string): Body | undefined {
  return read(text)?.root;
}

/**
 * Whether Vault certainly reads a text as it is read here: keys of plain letters, each once, no interpolation, and
 * heredocs whose end nobody could see elsewhere.
 */
export function isPlain(text: string): boolean {
  return read(text)?.plain === true;
}

function read(text: string): { root: Body; plain: boolean } | undefined {
  const all = text.length > LONGEST ? undefined : tokens(text);
  if (all === undefined) return undefined;
  const reader = new Reader(all);
  try {
    const root = reader.root();
    return reader.at === all.length ? { root, plain: reader.plain } : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** The same tree from a plain object, for charts and custom resources that take one. */
export function hclFromObject(value: unknown, depth: number = MAX_DEPTH): Value {
  if (Array.isArray(value)) {
    return { kind: "list", items: value.map((item) => hclFromObject(item, depth - 1)) };
  }
  if (typeof value === "object" && value !== null && depth > 0) {
    const items = Object.entries(value).map(([key, inner]) => ({
      keys: [key],
      value: hclFromObject(inner, depth - 1),
    }));
    return { kind: "object", items };
  }
  if (typeof value === "number") return { kind: "number", text: String(value) };
  if (typeof value === "string") return { kind: "string", text: value };
  if (value === null) return NULL;
  const word = value as boolean | undefined;
  return { kind: "word", text: String(word) };
}
