/** Which stack this is, and how hard a finding weighs there. */

/**
 * @typedef {"mandatory" | "advisory" | "off"} Level
 * @typedef {"prod" | "dev"} StackClass
 */

/** "prod" and "production" as a whole word of the name: eu-prod, prod.2, but not product. */
const PROD = /(^|[-_.])(prod|production)(\d*)($|[-_.])/i;

/**
 * The stack's name from a resource's URN; undefined when it does not say.
 * @param {unknown} urn
 */
export function stackOf(urn) {
  const match = /^urn:pulumi:([^:]+)::/.exec(typeof urn === "string" ? urn : "");
  return match?.[1];
}

/**
 * A stack that cannot be named is taken for prod, so that nothing slips through.
 * @param {string | undefined} stack
 * @returns {StackClass}
 */
export function stackClass(stack) {
  return stack === undefined || PROD.test(stack) ? "prod" : "dev";
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
