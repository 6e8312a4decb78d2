/** Something in the cluster that another program made, and that a stack uses. */
export interface Theirs {
  what: string;
  /** Puts it there, before the stack is. */
  install(): Promise<void>;
  /** The settings by which the stack uses it, to lay over those of stack dev. */
  settings: Record<string, unknown>;
  /** Secrets of the stack file that belong to them. */
  secrets?: Record<string, string>;
  /** All of it that a stack could spoil, as a text that is compared. */
  content(): Promise<string>;
}
