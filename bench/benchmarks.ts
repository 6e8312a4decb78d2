import { change } from "./change.ts";
import { first } from "./first.ts";
import { judge } from "./judge.ts";
import { cold, plan, test } from "./make.ts";
import { pack } from "./pack.ts";
import type { Benchmark } from "./pairs.ts";
import { preview } from "./preview.ts";
import { recovery } from "./recovery.ts";
import { redirects } from "./redirects.ts";
import { scale } from "./scale.ts";
import { up } from "./up.ts";

/** All that `make bench` measures, in the order of their numbers, from 1. */
export const benchmarks = {
  preview,
  pack,
  up,
  change,
  scale,
  plan,
  recovery,
  redirects,
  test,
  judge,
  first,
  cold,
};
export type Name = keyof typeof benchmarks;

/** Those that run unless one is named. */
export const whole = Object.entries<Benchmark>(benchmarks)
  .filter(([, { named }]) => named !== true)
  .map(([name]) => name as Name);

/** The rows of the page. */
export const lines = Object.values(benchmarks).flatMap((one) => one.lines);
