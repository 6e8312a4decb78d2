/** What a user of the local commands can act on; its message is all they need to read. */
export class LocalError extends Error {}
