/** Which stack this is, and how hard a finding weighs there. */

export type Level = "mandatory" | "advisory" | "off";

export type StackClass = "prod" | "dev";

/** One of these as a whole word of the name, and none that promises more: eu-dev, test.2, but not dev-live. */
const DEV = /(^|[-_.])(dev|development|local|sandbox|test)\d*($|[-_.])/i;
const SERVES = /(^|[-_.])(prod|production|live|staging)\d*($|[-_.])/i;

/** The stack's name from a resource's URN; undefined when it does not say. */
export function stackOf(urn: unknown) {
  const match = /^urn:pulumi:([^:]+)::/.exec(typeof urn === "string" ? urn : "");
  return match?.[1];
}

/**
 * A stack whose name does not say that it is for development is taken for prod, so that nothing slips through.
 */
export function stackClass(stack: string | undefined): StackClass {
  return stack !== undefined && DEV.test(stack) && !SERVES.test(stack) ? "dev" : "prod";
}

/** @param cap what the configuration allows at most; locked policies pass none */
export function levelOf(
  code: { prod: Level; dev: Level },
  stack: StackClass,
  cap: Level | undefined,
): Level {
  const level = code[stack];
  if (cap === undefined || level === "off") return level;
  if (cap === "off") return "off";
  return cap === "advisory" ? "advisory" : level;
}
