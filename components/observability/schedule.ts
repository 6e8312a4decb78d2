import * as pulumi from "@pulumi/pulumi";

const ranges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;
const daySeconds = 86_400;
/** Long enough for every combination of day, month and weekday that a leap year does not hide. */
const days = 5 * 366;

/** The longest time that passes between two runs of a cron schedule, in seconds. */
export function longestGap(schedule: string): number {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== ranges.length) throw unreadable(schedule);
  const [minutes, hours, ...dates] = fields.map((field, index) => expand(field, index, schedule));
  const times = [...(hours ?? [])]
    .flatMap((hour) => [...(minutes ?? [])].map((minute) => hour * 3600 + minute * 60))
    .sort((left, right) => left - right);
  const runs = matchingDays(fields, dates).flatMap((day) => times.map((time) => day + time));
  const gaps = runs.slice(1).map((run, index) => run - (runs[index] ?? run));
  if (gaps.length === 0) throw unreadable(schedule);
  return gaps.reduce((longest, gap) => Math.max(longest, gap), 0);
}

/** Days as seconds since a first one. Cron takes either when both day of month and weekday are named. */
function matchingDays(fields: string[], [monthDays, months, weekdays]: Set<number>[]): number[] {
  const both = !fields[2]?.startsWith("*") && !fields[4]?.startsWith("*");
  const matches = (date: Date) => {
    const onDay = monthDays?.has(date.getUTCDate()) === true;
    const onWeekday = weekdays?.has(date.getUTCDay()) === true;
    const inMonth = months?.has(date.getUTCMonth() + 1) === true;
    return inMonth && (both ? onDay || onWeekday : onDay && onWeekday);
  };
  return Array.from({ length: days }, (_, index) => index * daySeconds).filter((day) =>
    matches(new Date(day * 1000)),
  );
}

function expand(field: string, index: number, schedule: string): Set<number> {
  const [first, last] = ranges[index] ?? [0, 0];
  const values = field.split(",").flatMap((part) => {
    const found = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (found === null) throw unreadable(schedule);
    const [, from, to, step] = found.map((text) => (text === undefined ? undefined : Number(text)));
    const start = from ?? first;
    const end = to ?? (from === undefined || step !== undefined ? last : from);
    if (start < first || end > last || start > end || step === 0) throw unreadable(schedule);
    const count = Math.floor((end - start) / (step ?? 1)) + 1;
    return Array.from({ length: count }, (_, position) => start + position * (step ?? 1));
  });
  // Sunday has two numbers.
  return new Set(index === 4 ? values.map((value) => value % 7) : values);
}

const unreadable = (schedule: string) =>
  new pulumi.RunError(
    `The backup schedule "${schedule}" is not a cron schedule of five numeric fields, such as "0 3 * * *".`,
  );
