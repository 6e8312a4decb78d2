/**
 * Says why something failed, in one line. Where a name has several addresses, as localhost has, Node's error has a code and
 * no message; and what a WebSocket rejects with is an event, no Error.
 */
export function reasonOf(error: unknown): string {
  const { message = "", code = "" } = (error ?? {}) as { message?: string; code?: string };
  if (message === "aborted") return "the connection was cut in the middle of the answer";
  return message.split("\n")[0] || code || String(error);
}
