/**
 * Helm releases. A Release is opaque to a policy: only its values are seen, so each rule must know
 * what the chart does when a value is absent.
 */

import { isMap, Node } from "./reader.js";
import { parseValues } from "./text.js";

/**
 * @typedef {object} ChartRelease
 * @property {string} chart the chart's bare name, for example "vault"
 * @property {string} namespace
 * @property {Node} values
 * @property {Node} props
 * @property {boolean} hidden true when values come from a file that cannot be read here
 */

const RELEASE = /^kubernetes:helm\.sh\/v[34]:(Release|Chart)$/;

/**
 * @param {string} type
 * @param {string} name
 * @param {Node} props
 * @returns {ChartRelease | undefined}
 */
export function releaseOf(type, name, props) {
  if (!RELEASE.test(type)) return undefined;
  const chart = chartName(props.get("chart"), props.get("values"), name);
  const namespace = props.get("namespace").text();
  const label = `Helm release "${namespace === "" ? name : `${namespace}/${name}`}" (chart ${chart})`;
  const subject = { label, id: `Release/${namespace === "" ? name : `${namespace}/${name}`}` };
  const { values, hidden } = valuesOf(props);
  return {
    chart,
    namespace,
    values: new Node(values, "values", subject),
    props: new Node(props.value, "", subject),
    hidden,
  };
}

/**
 * A chart may be named, or be a folder, an archive, an OCI address; a renamed copy of Vault's chart
 * still has its values.
 * @param {Node} chart
 * @param {Node} values
 * @param {string} fallback
 */
function chartName(chart, values, fallback) {
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
  if (name === "vault" || name === "openbao") return name;
  const server = values.get("server");
  const vaultLike =
    server.get("ha").get("raft").known || server.get("standalone").get("config").known;
  return vaultLike ? "vault" : name;
}

/**
 * The engine merges value files before a policy sees them; other callers do not.
 * @param {Node} props
 */
function valuesOf(props) {
  const own = props.get("values");
  let merged = own.isMap || own.unknown ? own.value : {};
  let hidden = false;
  for (const file of props.get("valueYamlFiles").items()) {
    const text = file.get("text").text();
    const parsed = text === "" ? undefined : parseValues(text);
    if (isMap(parsed) && isMap(merged)) merged = merge(parsed, merged);
    else hidden = true;
  }
  return { values: merged, hidden };
}

/**
 * @param {Record<string, unknown>} base
 * @param {Record<string, unknown>} over wins
 * @returns {Record<string, unknown>}
 */
function merge(base, over) {
  /** @type {Record<string, unknown>} */
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isMap(below) && isMap(value) ? merge(below, value) : value;
  }
  return merged;
}

/** @param {ChartRelease | undefined} release @returns {release is ChartRelease} */
export function isVaultChart(release) {
  return release !== undefined && (release.chart === "vault" || release.chart === "openbao");
}
