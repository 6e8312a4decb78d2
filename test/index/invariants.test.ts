import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type Registration, secretMark } from "../../plan/render.ts";
import { stacks, synth } from "../support/synth.ts";

const clusterScoped = [
  "Namespace",
  "ClusterRole",
  "ClusterRoleBinding",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
];
const isComponent = ({ type }: Registration) => type.startsWith("shlink-platform:");
const isProvider = ({ type }: Registration) => type.startsWith("pulumi:providers:");
const texts = (value: unknown): string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(texts)
      : [];

for (const stack of stacks)
  describe(`Every registration of stack ${stack}`, () => {
    let registrations: Registration[] = [];
    before(async () => {
      ({ registrations } = await synth(stack));
    });
    const resources = () => registrations.filter((one) => !isComponent(one) && !isProvider(one));
    const named = (part: string) => registrations.filter(({ type }) => type.includes(part));

    it("has a component for its parent", () => {
      for (const { parent, name } of resources())
        assert.match(parent ?? "", /^shlink-platform:index:/, name);
    });

    it("names a namespace, if its kind has one", () => {
      for (const { type, inputs, name } of resources()) {
        if (!type.startsWith("kubernetes:") || type.includes("helm.sh")) continue;
        if (clusterScoped.includes(type.split(":").at(-1) ?? "")) continue;
        const { metadata } = inputs as { metadata?: { namespace?: string } };
        assert.ok(metadata?.namespace, `${type} ${name}`);
      }
    });

    it("has a fixed Helm release name and a pinned chart", () => {
      for (const { inputs, name } of named("helm.sh")) {
        assert.equal(inputs["name"], name);
        const { chart, version } = inputs as { chart: string; version?: string };
        assert.ok(
          version !== undefined || /-\d+\.\d+\.\d+\.tgz$/.test(chart) || chart.includes("janitor"),
          chart,
        );
      }
    });

    it("shows no secret in plain", () => {
      const plain = registrations.flatMap(({ inputs }) => texts(inputs));
      for (const value of [
        "db-password-value",
        "redis-password-value",
        "api-key-value",
        "authority-key",
      ])
        assert.ok(!plain.some((text) => text.includes(value)), value);
      for (const { inputs } of named("secretV2")) assert.equal(inputs["dataJson"], secretMark);
    });

    it("dies with the server it lives in, when it is inside Vault or PostgreSQL", () => {
      const inside = registrations.filter(
        ({ type }) =>
          (type.startsWith("vault:") || type.startsWith("postgresql:")) &&
          !type.includes("providers"),
      );
      assert.ok(inside.length > 8);
      for (const { name, deletedWith, type } of inside)
        assert.match(
          deletedWith ?? "",
          type.startsWith("vault:") ? /Release::vault$/ : /shlink-db$/,
          name,
        );
    });

    it("serves no wildcard host", () => {
      const hosts = registrations.flatMap(({ inputs }) => {
        const { spec } = inputs as { spec?: { hosts?: string[]; servers?: { hosts: string[] }[] } };
        return [...(spec?.hosts ?? []), ...(spec?.servers ?? []).flatMap((server) => server.hosts)];
      });
      assert.ok(hosts.length > 0);
      for (const host of hosts) assert.ok(!host.includes("*"), host);
    });

    it("pins every image that the program names, and never to a moving tag", () => {
      const images = registrations.flatMap(({ inputs }) => imagesIn(inputs));
      assert.ok(images.length > 3);
      for (const image of images) assert.match(image, /:v?\d+\.\d+\.\d+(-[a-z]+)?$/, image);
    });

    it("runs our own containers as nobody in particular, with nothing to escalate", () => {
      const pods = registrations.filter(({ type }) => /:(Job|CronJob|Deployment)$/.test(type));
      assert.ok(pods.length >= 4);
      for (const { inputs, name } of pods) {
        const spec = inputs["spec"] as Templated | { jobTemplate: { spec: Templated } };
        const { template } = "jobTemplate" in spec ? spec.jobTemplate.spec : spec;
        assert.equal(template.spec.securityContext.runAsNonRoot, true, name);
        assert.deepEqual(
          template.spec.securityContext.seccompProfile,
          { type: "RuntimeDefault" },
          name,
        );
        for (const { securityContext } of template.spec.containers)
          assert.deepEqual(
            securityContext,
            {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
              readOnlyRootFilesystem: true,
            },
            name,
          );
      }
    });
  });

interface Templated {
  template: { spec: PodSpec };
}
interface PodSpec {
  securityContext: { runAsNonRoot: boolean; seccompProfile: unknown };
  containers: { securityContext: unknown }[];
}

function imagesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "image" && typeof item === "string" ? [item] : imagesIn(item),
  );
}
