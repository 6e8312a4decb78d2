/**
 * Helm releases. A Release is opaque to a policy: only its values are seen, so each rule must know
 * what the chart does when a value is absent.
 */

import { isMap, Cursor } from "./cursor.ts";
import { parseValues } from "./text.ts";

export interface ChartRelease {
  /** The chart's bare name, for example "vault". */
  chart: string;
  namespace: string;
  values: Cursor;
  props: Cursor;
  /** Where values come from that cannot be read here. */
  hidden: Cursor | undefined;
}

const RELEASE = /^kubernetes:helm\.sh\/v[34]:(Release|Chart)$/;

export function releaseOf(type: string, name: string, props: Cursor): ChartRelease | undefined {
  if (!RELEASE.test(type)) return undefined;
  const { values, hidden } = valuesOf(props);
  const chart = chartName(props.get("chart"), new Cursor(values, "values", props.subject), name);
  const namespace = props.get("namespace").text();
  const label = `Helm release "${namespace === "" ? name : `${namespace}/${name}`}" (chart ${chart})`;
  const subject = { label, id: `Release/${namespace === "" ? name : `${namespace}/${name}`}` };
  return {
    chart,
    namespace,
    values: new Cursor(values, "values", subject),
    props: new Cursor(props.value, "", subject),
    hidden: hidden ? props.get("valueYamlFiles") : undefined,
  };
}

/**
 * A chart may be named, or be a folder, an archive, an OCI address; a renamed copy of Vault's chart
 * still has its values.
 */
export function chartName(chart: Cursor, values: Cursor, fallback: string) {
  const base =
    chart
      .text()
      .replace(/[?#].*$/, "")
      .replace(/\/+$/, "")
      .split("/")
      .pop() ?? "";
  const bare = base
    .replace(/\.(tgz|tar\.gz)$/, "")
    .replace(/[-:@]v?\d+(\.\d+)*([-+.][\w.+-]+)?$/, "");
  const name = bare.toLowerCase() || fallback;
  const own = /^(?:hashicorp-?)?(vault|openbao)(-(helm|chart|server))?$/.exec(name)?.[1];
  return own ?? (hasVaultValues(name, values) ? "vault" : name);
}

/** @param name of the chart, or of a part of one */
function hasVaultValues(name: string, values: Cursor) {
  const server = values.get("server");
  if (server.at("ha.raft").known || server.at("standalone.config").known) return true;
  if (!/(^|[-_.])(vault|openbao)($|[-_.])/i.test(name)) return false;
  return ["ha", "standalone", "dev"].some((mode) => server.get(mode).known);
}

/** The engine merges value files before a policy sees them; other callers do not. */
function valuesOf(props: Cursor) {
  const own = props.get("values");
  let merged: Record<string, unknown> = {};
  let hidden = false;
  for (const file of props.get("valueYamlFiles").items()) {
    const text = file.get("text").text();
    const parsed = text === "" ? undefined : parseValues(text);
    if (isMap(parsed)) merged = mergeValues(merged, parsed);
    else hidden = true;
  }
  if (own.unknown) return { values: own.value, hidden };
  return { values: isMap(own.value) ? mergeValues(merged, own.value) : merged, hidden };
}

/** @param over wins */
export function mergeValues(
  base: Record<string, unknown>,
  over: Record<string, unknown>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isMap(below) && isMap(value) ? mergeValues(below, value) : value;
  }
  return merged;
}

export function isVaultChart(release: ChartRelease | undefined): release is ChartRelease {
  return release !== undefined && (release.chart === "vault" || release.chart === "openbao");
}

/** The values of Vault's chart, be it the release itself or a part of a bigger chart. */
export function vaultValues(release: ChartRelease): Cursor[] {
  const { values } = release;
  if (isVaultChart(release)) return [values];
  return values
    .entries()
    .filter(([name, part]) => hasVaultValues(name, part) && !part.get("enabled").isFalse())
    .map(([, part]) => withGlobals(part, values.get("global")));
}

/** Helm hands a chart's global values on to its parts, over their own. */
function withGlobals(part: Cursor, given: Cursor) {
  if (given.absent || !isMap(part.value)) return part;
  const own = part.get("global").value;
  const global = isMap(own) && isMap(given.value) ? mergeValues(own, given.value) : given.value;
  return new Cursor({ ...part.value, global }, part.path, part.subject);
}
