import * as pulumi from "@pulumi/pulumi";
import { type SecretName, stackSecrets } from "../platform/brought-secrets.ts";
import { Refusal } from "../platform/refusal.ts";
import { parseSettings, type Settings } from "./index.ts";

const stackFile = () => `Pulumi.${pulumi.getStack()}.yaml`;

/** Reads the settings of the stack that the engine runs. */
export const loadSettings = (): Settings =>
  parseSettings(stackFile(), new pulumi.Config().getObject("settings"));

/** The secrets of a stack, encrypted in its file and in its state. */
export type Secrets = Partial<Record<SecretName, pulumi.Output<string>>>;

/** The secrets that the settings need, and which setting needs each. */
function neededSecrets({ shlink, redis }: Settings): [SecretName, string][] {
  const { geolite, matomo, realTimeUpdates } = shlink;
  const all: [boolean, SecretName, string][] = [
    [geolite.mode !== "none", "geoliteLicenseKey", "shlink.geolite"],
    [matomo.mode !== "none", "matomoToken", "shlink.matomo"],
    [realTimeUpdates.mercure.mode !== "none", "mercureKey", "shlink.realTimeUpdates.mercure"],
    [
      realTimeUpdates.rabbitMq.mode !== "none",
      "rabbitMqPassword",
      "shlink.realTimeUpdates.rabbitMq",
    ],
    [redis.mode === "outside", "redisPassword", "redis"],
  ];
  return all.flatMap(([needed, name, setting]) => (needed ? [[name, setting] as const] : []));
}

/**
 * Reads the secrets that the settings need.
 * @throws Refusal when one is missing, is not encrypted, or would reach Shlink as something else.
 */
export function loadSecrets(settings: Settings): Secrets {
  const config = new pulumi.Config();
  const read = neededSecrets(settings).map(([name, setting]) => {
    const key = `${config.name}:${name}`;
    const fault = faultOf(pulumi.runtime.getConfig(key), isEncrypted(key), name);
    if (fault !== undefined)
      throw new Refusal(
        `${stackFile()}: ${key}, which ${setting} needs, ${fault}: pulumi config set --secret ${name}`,
      );
    return [name, config.requireSecret(name)] as const;
  });
  return Object.fromEntries(read);
}

/** Shlink trims what it reads, and takes these words for something else than text. */
const misread = /^(\s.*|.*\s|\(?(true|false|null|empty)\)?|[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)$/is;

function faultOf(
  value: string | undefined,
  encrypted: boolean,
  name: SecretName,
): string | undefined {
  const { least } = stackSecrets[name];
  if (value === undefined) return "is missing";
  if (!encrypted) return "stands there in clear; replace it, and set it anew";
  if (value.length < least) return `must have at least ${least} characters`;
  if (misread.test(value)) return "must not be a number, a word such as true, or end in a space";
  return undefined;
}

/** The SDK marks what it reads as secret, encrypted or not; only this part of it, which it does not declare, can tell. */
const isEncrypted = (key: string) =>
  (pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean }).isConfigSecret(key);
