import { LocalError } from "../lib/failure.ts";

/** Puts the version that a release of the project would carry into a chart's sources. */
export function released(
  metadata: string,
  { name, version }: { name: string; version: string },
): string {
  const app = name === "redis-operator" ? /^$/ : /^appVersion: .*$/m;
  return metadata
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace(app, `appVersion: ${name === "external-secrets" ? "v" : ""}${version}`);
}

/** Puts the image names of Istio's published charts into values. */
export function istioImages(values: string, version: string): string {
  return changed(values, [
    [/hub: registry\.istio\.io\/testing/, "hub: registry.istio.io/release"],
    [/^(\s+)tag: latest$/m, `$1tag: ${version}`],
  ]);
}

/**
 * Puts in the published istiod chart's image names; and, for this machine only, what an Envoy without Istio's
 * own filters needs: no metadata exchange, no ALPN filter, no telemetry filters. They are defaults of the
 * packed chart, so the program that installs it cannot notice.
 */
export function istiodChart(values: string, version: string): string {
  return changed(istioImages(values, version), [
    [
      /^ {2}env: \{\}$/m,
      '  env:\n    PILOT_ENABLE_METADATA_EXCHANGE: "false"\n    PILOT_ENABLE_ALPN_FILTER: "false"',
    ],
    [/^ {2}telemetry:\n {4}enabled: true$/m, "  telemetry:\n    enabled: false"],
  ]);
}

export const externalSecretsChart = {
  /** Drops the Bitwarden server, a chart of its own that nothing here uses. */
  metadata: (text: string) => changed(text, [[/^dependencies:\n(?:[ -].*\n?)+/m, ""]]),
  /** Makes templates of the definitions, as the published chart has them, which the value `installCRDs` switches. */
  definitions: (bundle: string) =>
    `{{- if .Values.installCRDs }}\n${escaped(bundle)}\n{{- end }}\n`,
};

/** Keeps braces in a definition's descriptions from being templates. */
function escaped(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

/** Replaces text; a pattern that finds nothing means that the chart is not the one this was written for. */
function changed(text: string, replacements: [RegExp, string][]): string {
  return replacements.reduce((result, [pattern, by]) => {
    if (!pattern.test(result))
      throw new LocalError(
        `Cannot pack a chart: the chart's sources have changed, nothing matches ${pattern}.`,
      );
    return result.replace(pattern, by);
  }, text);
}
