import * as pulumi from "@pulumi/pulumi";
import { stackLabel, stackMark } from "../../platform/marks.ts";

type Words = Record<string, pulumi.Input<string>>;
interface Metadata {
  labels?: pulumi.Input<Words>;
  annotations?: pulumi.Input<Words>;
}

/**
 * Lets the program's values win over what somebody wrote with another tool (`kubectl scale`), and over those of an `up` that
 * was interrupted: without it every later update of that field would be refused. Whose an object is has been decided before.
 */
const ours = { "pulumi.com/patchForce": "true" };

/**
 * Labels every Kubernetes object with its stack, so that whoever meets it knows whose it is. Of a Helm release it cannot
 * reach the objects.
 */
export function marking(stack: string): pulumi.ResourceTransformation {
  const mark = { [stackLabel]: stackMark(stack) };
  return ({ type, props, opts }) => {
    if (!type.startsWith("kubernetes:") || type.startsWith("kubernetes:helm.sh/")) return undefined;
    const { metadata, ...others } = props as { metadata?: pulumi.Input<Metadata> };
    const marked = mapped(metadata ?? {}, ({ labels, annotations, ...rest }: Metadata) => ({
      ...rest,
      labels: mapped(labels ?? {}, (own: Words) => ({ ...own, ...mark })),
      annotations: mapped(annotations ?? {}, (own: Words) => ({ ...own, ...ours })),
    }));
    return { props: { ...others, metadata: marked }, opts };
  };
}

/** A plain value stays plain: what is known in a preview is shown there. */
const mapped = <T, U>(value: pulumi.Input<T>, change: (value: T) => U): pulumi.Input<U> =>
  pulumi.Output.isInstance(value) || value instanceof Promise
    ? pulumi.output(value).apply((known) => change(known as T))
    : change(value);
