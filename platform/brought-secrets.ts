/** A secret that a service gives out, and that the stack brings to Shlink. */
interface BroughtSecret {
  /** Shlink's variable for it, whose `_FILE` names the file. */
  variable: string;
  /** Name of its file, and of its place in Vault. */
  file: string;
  /** The least number of characters. */
  least: number;
}

export const broughtSecrets = {
  geoliteLicenseKey: { variable: "GEOLITE_LICENSE_KEY", file: "geolite-license-key", least: 1 },
  matomoToken: { variable: "MATOMO_API_TOKEN", file: "matomo-token", least: 1 },
  // HS256 takes no key of fewer than 256 bits.
  mercureKey: { variable: "MERCURE_JWT_SECRET", file: "mercure-key", least: 32 },
  rabbitMqPassword: { variable: "RABBITMQ_PASSWORD", file: "rabbitmq-password", least: 1 },
} satisfies Record<string, BroughtSecret>;

/** Secrets that the stack puts into what it tells Shlink of its servers. */
const serverSecrets = { redisPassword: { least: 1 } };

/** Every secret that a stack file may keep. */
export const stackSecrets = { ...broughtSecrets, ...serverSecrets };

/** The secrets that Shlink gets as they are. */
export type BroughtName = keyof typeof broughtSecrets;
export type SecretName = keyof typeof stackSecrets;
