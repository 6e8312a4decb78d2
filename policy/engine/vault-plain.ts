/**
 * Decides whether a text that configures a Vault listener is written so that Vault certainly reads it as it is read
 * here. The spellings that readers take differently are endless, so that each such text is refused as a whole.
 */

import { isPlain } from "./hcl.ts";
import { blocks } from "./vault-config.ts";
import type { Body } from "./hcl.ts";

const TCP = /listener["\s=:{[\\]*"tcp["\\]/;
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-7]{3}))/gi;
/** What a ConfigMap or Secret can hold at most, twice. */
const LONGEST = 2 * 1024 * 1024;

/** What is said of a text that cannot be judged. */
export const UNJUDGED = {
  what: "the text configures a Vault listener in a way that cannot be judged",
  why: "Vault may read it otherwise than it looks, and serve plaintext.",
  fix: "Write it plainly: keys of plain letters, each once, no interpolation, template or shell around it, and nothing behind it.",
};

/** A text in lower case, its escapes undone as shells and Go have them, its letters folded as Go folds them. */
export function wordsOf(text: string): string {
  if (text.length > LONGEST || !/\\[xu0-7]|[\u0080-\uFFFF]/i.test(text)) return text.toLowerCase();
  const plain = text.replace(
    ESCAPE,
    (_, byte?: string, short?: string, long?: string, octal?: string) => {
      const code =
        octal === undefined ? parseInt(byte ?? short ?? long ?? "", 16) : parseInt(octal, 8);
      return code > 0x10ffff ? "" : String.fromCodePoint(code);
    },
  );
  return plain.toUpperCase().toLowerCase();
}

/** @param words of the text, see wordsOf */
export function mentionsListener(words: string): boolean {
  if (!words.includes("listener") || !words.includes("{")) return false;
  return words.includes("tls_disable") || TCP.test(words);
}

/** @param words of the text */
export function isJudgeable(text: string, words: string, body: Body): boolean {
  const configures = blocks(body, "listener").length > 0 || mentionsListener(words);
  return !configures || isPlain(text);
}
