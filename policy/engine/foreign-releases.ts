/** Helm releases that another program makes of an object: Flux, Argo CD and K3s. */

import { Cursor, isMap } from "./cursor.ts";
import { chartName, mergeValues, type ChartRelease } from "./releases.ts";
import { parseValues } from "./text.ts";
import type { KubeObject, Resource } from "./normalise.ts";

/** What an object says of one release. */
interface Order {
  chart: Cursor;
  /** Maps, or texts of YAML; a later one wins. */
  values: Cursor[];
  /** Single values, which win over all, by their dotted paths. */
  single?: [path: string, value: Cursor][];
  /** Where values come from that are not in the object. */
  elsewhere: Cursor[];
}

type Reader = (spec: Cursor) => Order[];

const WORDS = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

const READERS: Record<string, Reader> = {
  "helm.toolkit.fluxcd.io/HelmRelease": flux,
  "argoproj.io/Application": argo,
  "argoproj.io/ApplicationSet": (spec) => argo(spec.at("template.spec")),
  "helm.cattle.io/HelmChart": k3s,
};

/** All releases of a resource: the one that it is, and those that other programs make of its objects. */
export function releasesOf(resource: Resource): ChartRelease[] {
  const own = resource.release === undefined ? [] : [resource.release];
  return [...own, ...resource.objects.flatMap(releasesIn)];
}

function releasesIn(object: KubeObject): ChartRelease[] {
  const read = READERS[`${object.group}/${object.kind}`];
  if (read === undefined) return [];
  return read(object.root.get("spec")).map((order) => {
    const { values, hidden } = valuesOf(order);
    const chart = chartName(order.chart, values, object.name);
    return { chart, namespace: object.namespace, values, props: object.root, hidden };
  });
}

function flux(spec: Cursor): Order[] {
  const named = spec.at("chart.spec.chart");
  const chart = named.absent ? spec.at("chartRef.name") : named;
  return [{ chart, values: [spec.get("values")], elsewhere: [spec.get("valuesFrom")] }];
}

function argo(spec: Cursor): Order[] {
  const sources = [...spec.get("source").items(), ...spec.get("sources").items()];
  return sources.map((source) => {
    const helm = source.get("helm");
    const named = source.get("chart");
    const parameters = helm.get("parameters").items();
    return {
      chart: named.absent ? source.get("path") : named,
      values: [helm.get("values"), helm.get("valuesObject")],
      single: parameters.map((one) => [one.get("name").text(), one.get("value")]),
      elsewhere: [helm.get("valueFiles"), helm.get("fileParameters")],
    };
  });
}

function k3s(spec: Cursor): Order[] {
  const values = [spec.get("valuesContent")];
  const single = spec.get("set").entries();
  return [{ chart: spec.get("chart"), values, single, elsewhere: [spec.get("valuesSecrets")] }];
}

function valuesOf({ chart, values, single = [], elsewhere }: Order) {
  const trees = values.map((node) => (node.text() === "" ? node.value : parseValues(node.text())));
  const unread = values.filter((node, index) => !node.absent && !isMap(trees[index]));
  const hidden = [...elsewhere, ...unread].find((node) => !node.absent);
  const unknown = values.find((node) => node.unknown);
  if (unknown !== undefined) return { values: unknown, hidden };
  const layers = [...trees, ...single.map(([path, value]) => nested(path, scalar(value)))];
  const [path = ""] = values.filter((node) => !node.absent).map((node) => node.path);
  const merged = layers.filter(isMap).reduce(mergeValues, {});
  return { values: new Cursor(merged, path, chart.subject), hidden };
}

/** A value as Helm's --set reads it. */
function scalar(node: Cursor): unknown {
  const text = node.text();
  return WORDS.has(text) ? WORDS.get(text) : node.value;
}

function nested(path: string, value: unknown): unknown {
  return path
    .split(/(?<!\\)\./)
    .reduceRight((inner, key) => ({ [key.replaceAll("\\.", ".")]: inner }), value);
}
