import { projectName } from "../../../platform/project.ts";

/** A Prometheus query, and how its series are named; labels in double braces. */
export interface Query {
  expr: string;
  legend: string;
}

export interface Panel {
  title: string;
  /** Grafana's name of the unit. */
  unit: "bytes" | "ms" | "none" | "ops" | "percentunit" | "reqps" | "s";
  queries: Query[];
  /** A number instead of a graph. */
  number?: {
    /** Red below; without it a number is just shown. */
    healthyFrom?: number;
  };
}

export interface Dashboard {
  /** Part of the dashboard's address in Grafana, and its file's name. */
  uid: string;
  title: string;
  panels: Panel[];
}

/** Who looks chooses the Prometheus: its name in Grafana is not ours to know. */
const datasource = { type: "prometheus", uid: "${datasource}" };
const columns = 24;
const sizes = { number: { w: 6, h: 4 }, graph: { w: 12, h: 8 } };

/** A dashboard as Grafana reads it. */
export function grafanaModel({ uid, title, panels }: Dashboard) {
  const places = arrange(panels);
  return {
    uid,
    title,
    tags: [projectName],
    schemaVersion: 39,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    templating: { list: [{ name: "datasource", type: "datasource", query: "prometheus" }] },
    panels: panels.map((panel, index) => ({
      id: index + 1,
      gridPos: places[index],
      ...panelModel(panel),
    })),
  };
}

function panelModel({ title, unit, queries, number }: Panel) {
  const { healthyFrom } = number ?? {};
  const steps = [
    { color: "red", value: null },
    { color: "green", value: healthyFrom },
  ];
  return {
    type: number === undefined ? "timeseries" : "stat",
    title,
    datasource,
    fieldConfig: {
      defaults: { unit, min: 0, ...(healthyFrom === undefined ? {} : { thresholds: { steps } }) },
      overrides: [],
    },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      expr,
      legendFormat: legend,
    })),
  };
}

interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Panels stand from left to right, and go on in the next line when there is no room or another size begins. */
function arrange(panels: Panel[]): Place[] {
  const places: Place[] = [];
  for (const { number } of panels) {
    const size = number === undefined ? sizes.graph : sizes.number;
    const last = places.at(-1) ?? { x: 0, y: 0, w: 0, h: size.h };
    const fits = last.h === size.h && last.x + last.w + size.w <= columns;
    places.push(
      fits ? { ...size, x: last.x + last.w, y: last.y } : { ...size, x: 0, y: last.y + last.h },
    );
  }
  return places;
}
