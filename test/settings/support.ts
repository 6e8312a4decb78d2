import { stackSettings } from "../../plan/render.ts";

/** Valid settings of prod with one value changed; undefined takes it away. */
export function changed(path: string, value: unknown): Record<string, unknown> {
  const settings = structuredClone(stackSettings("prod"));
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let place = settings;
  for (const key of keys) place = place[key] as Record<string, unknown>;
  if (value === undefined) delete place[last];
  else place[last] = value;
  return settings;
}
