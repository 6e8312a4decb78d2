/** Which stack this is, and how hard a finding weighs there. */

/**
 * @typedef {"mandatory" | "advisory" | "off"} Level
 * @typedef {"prod" | "dev"} StackClass
 */

/** A whole word of the name, a number behind it allowed: dev, eu-dev, test.2, but neither devops nor latest. */
const PROD = /(^|[-_.])(prod|production)\d*($|[-_.])/i;
const NON_PROD = /(^|[-_.])(dev|development|test|testing|local|sandbox)\d*($|[-_.])/i;

/**
 * The stack's name from a resource's URN; undefined when it does not say.
 * @param {unknown} urn
 */
export function stackOf(urn) {
  const match = /^urn:pulumi:([^:]+)::/.exec(typeof urn === "string" ? urn : "");
  return match?.[1];
}

/**
 * A stack is taken for prod unless its name says that it is none, so that nothing slips through.
 * @param {string | undefined} stack
 * @returns {StackClass}
 */
export function stackClass(stack) {
  if (stack === undefined || PROD.test(stack)) return "prod";
  return NON_PROD.test(stack) ? "dev" : "prod";
}

/**
 * @param {{ prod: Level, dev: Level }} code
 * @param {StackClass} stack
 * @param {Level | undefined} cap what the configuration allows at most; locked policies pass none
 * @returns {Level}
 */
export function levelOf(code, stack, cap) {
  const level = code[stack];
  if (cap === undefined || level === "off") return level;
  if (cap === "off") return "off";
  return cap === "advisory" ? "advisory" : level;
}
