/**
 * Refuses to forget API keys that the stack has made: they would stay valid, and nobody would know of them.
 * @param made what the stack's state has, see state.ts
 * @param kept whether the settings still say which keys there are
 */
export function forgottenKeys(made: Set<string> | undefined, kept: boolean): string | undefined {
  if (kept || ![...(made ?? [])].some((one) => one.startsWith("Job shlink/shlink-api-keys-")))
    return undefined;
  return (
    "The stack has made API keys, and without the setting shlink.apiKeys they would stay valid: write shlink.apiKeys: {}, " +
    "which disables them, and leave it there."
  );
}
