import {
  addonRegistries,
  chartImages,
  type ImageName,
  redisOperatorImages,
} from "../../platform/chart-images.ts";
import { images } from "../../platform/images.ts";
import type { RedisOperator } from "../../platform/charts.ts";
import type { Pods } from "./types.ts";

/** An image's name in the parts in which charts want it. */
interface Reference {
  registry: string;
  repository: string;
  /** Absent: the chart's own. */
  tag?: string;
  /** The digest, with its prefix `sha256:`. */
  digest?: string;
}

/** The image in place of one that is named in full; the same where nothing takes its place. */
function replaced(reference: string, { images: own, registries }: Pods): string {
  const name = (Object.keys(images) as (keyof typeof images)[]).find(
    (key) => images[key] === reference,
  );
  const override = name === undefined ? undefined : own[name];
  return override ?? mirrored(reference, registries);
}

function mirrored(reference: string, registries: Pods["registries"]): string {
  const [registry = ""] = reference.split("/");
  const mirror = registries[registry];
  return mirror === undefined ? reference : mirror + reference.slice(registry.length);
}

/** Every image of a pod's specification or of a chart's values that the program names, replaced. */
export function withImages<T>(value: T, pods: Pods): T {
  if (Array.isArray(value)) return value.map((item: unknown) => withImages(item, pods)) as T;
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    key === "image" && typeof item === "string" ? replaced(item, pods) : withImages(item, pods),
  ]);
  return Object.fromEntries(entries) as T;
}

/** Outputs have a prototype of their own. */
export const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** The full image in place of a chart's; undefined where the chart's own may stay. */
export function chartImage(
  name: keyof typeof chartImages | "redisOperator",
  pods: Pods,
  operator: RedisOperator,
): string | undefined {
  const known = name === "redisOperator" ? redisOperatorImages[operator] : chartImages[name];
  const found = pods.images[name] ?? mirrored(known, pods.registries);
  return found === known ? undefined : withTag(found, known);
}

/** Charts put a tag behind the repository in any case: a digest alone gets the one that the chart would take. */
const withTag = (image: string, known: string): string =>
  parseImage(image).tag === undefined ? image.replace("@", `:${parseImage(known).tag}@`) : image;

/** The registry of an addon's image in place of its chart's, or the whole image. */
export function addonImage(name: keyof typeof addonRegistries, pods: Pods): Partial<Reference> {
  const override = pods.images[name as ImageName];
  if (override !== undefined) return parseImage(override);
  const registry = pods.registries[addonRegistries[name]];
  return registry === undefined ? {} : { registry };
}

export function parseImage(image: string): Reference {
  const [, registry = "", repository = "", tag, digest] =
    /^([^/]+)\/([^@]+?)(?::([\w.-]+))?(?:@(.+))?$/.exec(image) ?? [];
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Splits an image for charts that know a repository and a tag only. */
export function repositoryAndTag(image: string | undefined) {
  if (image === undefined) return {};
  const { registry, repository, tag, digest } = parseImage(image);
  const version = [tag, digest].filter((part) => part !== undefined).join("@");
  return { image: { repository: `${registry}/${repository}`, tag: version } };
}
