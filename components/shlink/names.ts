/** The Secret with all that Shlink's pods get as files. */
export const secretName = "shlink-secrets";
/** Key of the Secret that holds the first API key. */
export const apiKey = { secret: secretName, key: "api-key" };
