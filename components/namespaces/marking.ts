import * as pulumi from "@pulumi/pulumi";
import { stackLabel, stackMark } from "../../platform/marks.ts";

type Labels = Record<string, pulumi.Input<string>>;
interface Metadata {
  labels?: pulumi.Input<Labels>;
}

/**
 * Labels every Kubernetes object with its stack, so that whoever meets it knows whose it is, and so that the API server
 * refuses a second stack's apply: two owners of one field conflict. Of a Helm release it cannot reach the objects.
 */
export function marking(stack: string): pulumi.ResourceTransformation {
  const mark = { [stackLabel]: stackMark(stack) };
  return ({ type, props, opts }) => {
    if (!type.startsWith("kubernetes:") || type.startsWith("kubernetes:helm.sh/")) return undefined;
    const { metadata, ...others } = props as { metadata?: pulumi.Input<Metadata> };
    const marked = mapped(metadata ?? {}, ({ labels, ...rest }: Metadata) => ({
      ...rest,
      labels: mapped(labels ?? {}, (own: Labels) => ({ ...own, ...mark })),
    }));
    return { props: { ...others, metadata: marked }, opts };
  };
}

/** A plain value stays plain: what is known in a preview is shown there. */
const mapped = <T, U>(value: pulumi.Input<T>, change: (value: T) => U): pulumi.Input<U> =>
  pulumi.Output.isInstance(value) || value instanceof Promise
    ? pulumi.output(value).apply((known) => change(known as T))
    : change(value);
