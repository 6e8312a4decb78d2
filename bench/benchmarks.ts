import { change } from "./change.ts";
import { judge } from "./judge.ts";
import { make } from "./make.ts";
import { pack } from "./pack.ts";
import { plan } from "./plan.ts";
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
  make,
  judge,
};
export type Name = keyof typeof benchmarks;

/** The rows of the page. */
export const lines = Object.values(benchmarks).flatMap((one) => one.lines);
