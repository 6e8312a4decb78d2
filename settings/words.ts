import type { z } from "zod";

type Issue = z.core.$ZodRawIssue;

const types: Record<string, string> = {
  string: "a text (in quotes)",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of names and values",
  record: "a map of names and values",
};

const unclear = "is not what docs/settings.md describes";
const formats: Record<string, string> = { guid: "a GUID", base64: "a text in base64" };

/** Says what is expected in place of a wrong value; a setting's own message goes before it. */
export function inOurWords(issue: Issue): string {
  const expected = expectationOf(issue);
  return issue.input === undefined ? `is missing: it ${expected}` : expected;
}

function expectationOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_union":
      return Array.isArray(issue.options) ? mustBe(issue.options) : unclear;
    case "invalid_value":
      return mustBe(issue.values);
    case "invalid_type":
      return `must be ${types[issue.expected] ?? issue.expected}`;
    case "invalid_format":
      return `must be ${formats[issue.format] ?? issue.format}`;
    case "too_small":
      return `must ${sized(issue.origin, "at least", issue.minimum)}`;
    case "too_big":
      return `must ${sized(issue.origin, "at most", issue.maximum)}`;
    default:
      return unclear;
  }
}

const sizes: Record<string, string> = { string: "characters", array: "entries", map: "entries" };

function sized(origin: string, bound: string, number: number | bigint): string {
  const unit = sizes[origin];
  if (unit !== undefined && number === 1 && bound === "at least") return "not be empty";
  return unit === undefined ? `be ${bound} ${number}` : `have ${bound} ${number} ${unit}`;
}

/** A mode that is the default may be left out, which is no value to write. */
function mustBe(values: readonly unknown[]): string {
  const all = values.filter((value) => value !== undefined).map((value) => JSON.stringify(value));
  const last = all.pop();
  return `must be ${all.length === 0 ? last : `${all.join(", ")} or ${last}`}`;
}
