import { z } from "zod";

export const timezone = z
  .string()
  .refine(isTimezone, 'must be a time zone of the IANA database, such as "UTC" or "Europe/Vienna"')
  .default("UTC")
  .describe("Time zone of Shlink's dates, such as UTC or Europe/Vienna.");

/** PHP takes names of the IANA database in their own spelling, and no offsets. */
function isTimezone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
