import { render } from "../../../../plan/render.ts";
import { parseSettings } from "../../../../settings/index.ts";
import { stackOf } from "../../../../stack/index.ts";

/** What a stack with these settings consists of, by the kind and name of each resource; what it demands and asks has no kind. */
export type Rendered = Map<string, string>;

const made = new Map<string, Promise<Rendered>>();

/** Renders a stack, once for the same settings. */
export function renderedOnce(settings: Record<string, unknown>): Promise<Rendered> {
  const key = JSON.stringify(settings);
  const known = made.get(key) ?? rendered(settings);
  made.set(key, known);
  return known;
}

async function rendered(settings: Record<string, unknown>): Promise<Rendered> {
  const asked: unknown[] = [];
  const note =
    (answer: unknown) =>
    (...question: unknown[]) => {
      asked.push(question);
      return answer;
    };
  const { registrations, outputs } = await render("prod", settings, undefined, {
    send: note(Promise.resolve({ status: 200, body: { auth: { client_token: "t" } } })) as never,
    read: note("text") as never,
    accountToken: note(Promise.resolve("token")) as never,
    tunnel: note(Promise.resolve()) as never,
  });
  const { demands } = stackOf(parseSettings("f", settings));
  const resources = registrations.map(
    (one) => [`${one.type.split(":").at(-1)} ${one.name}`, JSON.stringify(one)] as const,
  );
  const rest = { demands, outputs, asked };
  return new Map([
    ...resources,
    ...Object.entries(rest).map(([name, value]) => [name, JSON.stringify(value)] as const),
  ]);
}
