import type { Settings } from "../settings/index.ts";
import type { Made } from "./pulumi.ts";

/** A kind of secret that has a schedule, and how old its value is. */
export interface Scheduled {
  kind: string;
  /** Whole days since its oldest value was made. */
  age: number;
  /** Days after which it is due. */
  limit: number;
}

/** What is replaced last at each rotation, by the setting and the end of its URN; of several the oldest counts. */
const origins: Record<keyof Settings["rotation"], string[]> = {
  database: ["RandomPassword::db-password"],
  redis: ["RandomPassword::redis-password"],
  apiKey: ["RandomPassword::api-key"],
  certificates: ["PrivateKey::vault-server", "PrivateKey::gateway"],
};

/** The command's word for a setting. */
const kindOf = (setting: string) =>
  setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const dayMs = 86_400_000;

/**
 * Finds the kinds for which the settings have a schedule, and that the stack has made.
 * @throws Error with a sentence where there is no schedule, or the state does not say when something was made
 */
export function scheduled(rotation: Settings["rotation"], made: Made[], now: Date): Scheduled[] {
  const settings = Object.keys(origins) as (keyof typeof origins)[];
  const wanted = settings.filter((setting) => rotation[setting] !== undefined);
  if (wanted.length === 0)
    throw new Error(
      "The stack file has no rotation: say after how many days what is due, such as rotation.redis: 90 (docs/settings.md).",
    );
  return wanted.flatMap((setting) => {
    const own = made.filter(({ urn }) => origins[setting].some((end) => urn.endsWith(`:${end}`)));
    const ages = own.map((one) => (now.getTime() - timeOf(one)) / dayMs);
    const limit = rotation[setting] ?? Infinity;
    const age = Math.floor(Math.max(...ages));
    return ages.length === 0 ? [] : [{ kind: kindOf(setting), age, limit }];
  });
}

function timeOf({ urn, created }: Made): number {
  const time = Date.parse(created ?? "");
  if (!Number.isNaN(time)) return time;
  throw new Error(
    `The stack's state does not say when ${urn.split("::").at(-1)} was made: rotate it once by its own name.`,
  );
}

export const isDue = ({ age, limit }: Scheduled) => age >= limit;

/** Says in a line how a kind stands. */
export function standing(one: Scheduled): string {
  const { kind, age, limit } = one;
  return `${kind}: ${age} days old, ${isDue(one) ? `due after ${limit}` : `due in ${limit - age}`}`;
}
