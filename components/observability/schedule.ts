import { Cron } from "croner";
import { cronFields } from "../../platform/cron.ts";

/** A span from one leap day to the next, in which every day of a calendar comes. */
const years = ["2004-02-29", "2008-03-01"] as const;
const day = ["2004-02-29", "2004-03-01"] as const;

const gaps = new Map<string, number>();

/** The longest time that passes between two runs of a cron schedule, in seconds. Found out once, for it means a walk over years. */
export function longestGap(schedule: string): number {
  const known = gaps.get(schedule) ?? findLongestGap(schedule);
  gaps.set(schedule, known);
  return known;
}

function findLongestGap(schedule: string): number {
  const [minutes, hours, monthDays = "", months, weekdays = ""] = cronFields(schedule).split(" ");
  const both = [monthDays, weekdays].some(isAnyDay);
  const days = runs(`0 0 ${monthDays} ${months} ${weekdays}`, years, both);
  const times = runs(`${minutes} ${hours} * * *`, day);
  const overnight = (times[0] ?? 0) - (times.at(-1) ?? 0);
  return Math.max(longest(times), longest(days) + overnight);
}

/**
 * Whether Kubernetes reads a field of days as "any", so that the other field alone decides; where both name days, one of
 * them is enough. A star with a step names days, unless the step is 1: robfig/cron v3.0.1, parser.go, `getRange`.
 */
const isAnyDay = (field: string) => field.split(",").some((part) => /^[*?](\/0*1)?$/.test(part));

/** When a schedule runs from one day until another, in seconds since 1970. */
function runs(schedule: string, [from, until]: readonly [string, string], domAndDow = false) {
  const cron = new Cron(schedule, { mode: "5-part", utcOffset: 0, domAndDow });
  const found: number[] = [];
  const end = new Date(until);
  // The library looks for runs after a moment.
  let next = cron.nextRun(new Date(Date.parse(from) - 1000));
  for (; next !== null && next < end; next = cron.nextRun(next)) found.push(next.getTime() / 1000);
  return found;
}

const longest = (moments: number[]) =>
  moments.slice(1).reduce((gap, next, index) => Math.max(gap, next - (moments[index] ?? next)), 0);
