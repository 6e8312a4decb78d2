/** Dashboards that would give the platform away are off or ask for a login. */

import { check } from "../engine/policy.ts";
import { isVaultChart } from "../engine/releases.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { ChartRelease } from "../engine/releases.ts";

export const adminSurfaces: Policy = {
  name: "admin-surfaces",
  title: "Dashboards ask who is there",
  description:
    "Vault's UI is not exposed, and Kiali, Grafana and Jaeger are not open to everybody.",
  severity: "high",
  tags: ["helm", "exposure"],
  checks: {
    V18: check(
      "Vault is exposed by its chart",
      "Its login is then open to the Internet, past the gateway.",
      "Leave the chart's ingress and Services internal; use kubectl port-forward.",
    ),
    I30: check(
      "the dashboard is open to everybody or has its default password",
      "It shows the platform's inside and can change it.",
      "Set a login, with its password from Vault.",
    ),
    I24: check(
      "the mesh lets every pod call any address outside",
      "A taken-over pod can send data anywhere.",
      "Set meshConfig.outboundTrafficPolicy.mode to REGISTRY_ONLY and list what is needed.",
      "advisory",
      "off",
    ),
  },
  checkResource({ release }, judge) {
    if (release === undefined) return;
    if (isVaultChart(release)) vault(release, judge);
    const { values, chart } = release;
    if (chart.startsWith("kiali")) {
      judge.when("I30", values.at("auth.strategy"), (node) => node.text() === "anonymous");
    }
    if (/^(grafana|kube-prometheus-stack)$/.test(chart)) {
      const grafana = chart === "grafana" ? values : values.get("grafana");
      judge.when("I30", grafana.get("adminPassword"), (node) =>
        ["admin", "prom-operator"].includes(node.text()),
      );
      judge.when("I30", grafana.get("grafana.ini").get("auth.anonymous").get("enabled"), (node) =>
        node.isTrue(),
      );
    }
    if (chart === "istiod") {
      judge.when(
        "I24",
        values.at("meshConfig.outboundTrafficPolicy.mode"),
        (node) => node.text() !== "REGISTRY_ONLY",
      );
    }
  },
};

function vault({ values }: ChartRelease, judge: Judge) {
  judge.when("V18", values.at("server.ingress.enabled"), (node) => node.isTrue());
  for (const path of ["ui.serviceType", "server.service.type"]) {
    judge.when("V18", values.at(path), (node) =>
      ["LoadBalancer", "NodePort"].includes(node.text()),
    );
  }
}
