import type * as k8s from "@pulumi/kubernetes";
import type { VaultSecret } from "../vault/secret.ts";

/** The Secret that is made of what is in Vault. The namespace may read what it is made of, and nothing else. */
export interface SyncTarget {
  /** Name of the Secret. */
  name: string;
  /** Name of the ExternalSecret in the stack. */
  syncName: string;
  /** A Secret of others, to which the keys are added; absent: this makes the Secret. */
  existing?: k8s.core.v1.Secret;
  /** Keys of the Secret, each with the secret and the property it comes from. */
  keys: Record<string, { secret: VaultSecret; property: string }>;
  /** Further keys, made of the others as a Go template says. */
  templates?: Record<string, string>;
}
