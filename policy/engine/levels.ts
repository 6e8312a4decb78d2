/** How hard a finding weighs, by the class of the stack. */

export type Level = "mandatory" | "advisory" | "off";

/** A stack is prod unless its configuration says otherwise, so that nothing slips through. */
export type StackClass = "prod" | "dev";

/** @param cap what the configuration allows at most; locked policies pass none */
export function levelOf(
  check: { prod: Level; dev: Level },
  stack: StackClass,
  cap: Level | undefined,
): Level {
  const level = check[stack];
  if (cap === undefined || level === "off") return level;
  if (cap === "off") return "off";
  return cap === "advisory" ? "advisory" : level;
}
