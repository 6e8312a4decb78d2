import { stackSettings } from "../../plan/render.ts";
import { newAuthority } from "./certificates.ts";
import type { Change, StackName } from "./synth.ts";

/** An authority of somebody's servers. */
export const authority = (await newAuthority()).certificate;

/** A section of a stack file in place of what the stack has there: nothing of that stays. */
export function replaced(stack: StackName, section: "database" | "redis", value: object): Change {
  const former = Object.keys(stackSettings(stack)[section] as object);
  return { [section]: { ...Object.fromEntries(former.map((key) => [key, undefined])), ...value } };
}

export const database = {
  mode: "outside",
  host: "db.example.com",
  networks: ["10.20.0.0/24"],
  tls: { mode: "verified", authority: { mode: "pem", pem: authority } },
  admin: { secretName: "db-admin" },
};

export const redis = {
  mode: "outside",
  servers: { mode: "single", host: "redis.example.com", port: 6380 },
  networks: ["10.30.0.0/24"],
};

/** Both are somebody else's. */
export const outside = (stack: StackName, own: { database?: object; redis?: object } = {}) => ({
  ...replaced(stack, "database", { ...database, ...own.database }),
  ...replaced(stack, "redis", { ...redis, ...own.redis }),
});
