import { shlinkSettings } from "../../../policy/rules/shlink-settings.ts";
import { DEPLOYMENT, ENV, JOB } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const env = (changes: Record<string, string | undefined>) => {
  const given = (
    (DEPLOYMENT.props["spec"] as never)["template"]["spec"]["containers"][0] as {
      env: { name: string; value: string }[];
    }
  ).env;
  return {
    [ENV]: given.flatMap((one) => {
      if (!(one.name in changes)) return [one];
      const value = changes[one.name];
      return value === undefined ? [] : [{ name: one.name, value }];
    }),
  };
};

export const suite = new Cases(shlinkSettings, { deployment: DEPLOYMENT, job: JOB })
  .good("deployment", {
    "a single Redis without Sentinel": env({
      REDIS_SENTINEL_SERVICE: undefined,
      REDIS_SERVERS: "tcp://a:6379",
    }),
    "another image": {
      "spec template spec containers 0 image": "example.com/web:1.0.0",
      [ENV]: [],
    },
  })
  .bad(
    "deployment",
    'P01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[IS_HTTPS_ENABLED]: links are made without https.',
    { "links without https": env({ IS_HTTPS_ENABLED: "false" }) },
  )
  .bad(
    "deployment",
    'P01 Deployment "shlink/shlink", spec.template.spec.containers[0].env.IS_HTTPS_ENABLED: links are made without https.',
    { "https left out": env({ IS_HTTPS_ENABLED: undefined }) },
  )
  .bad(
    "deployment",
    'P02 Deployment "shlink/shlink", spec.template.spec.containers[0].env.DEFAULT_DOMAIN: the default domain is missing or no public name.',
    { "no domain": env({ DEFAULT_DOMAIN: undefined }) },
  )
  .bad(
    "deployment",
    'P02 Deployment "shlink/shlink", spec.template.spec.containers[0].env[DEFAULT_DOMAIN]: the default domain is missing or no public name.',
    { "a local domain": env({ DEFAULT_DOMAIN: "shlink.local" }) },
  )
  .bad(
    "deployment",
    'P03 Deployment "shlink/shlink", spec.template.spec.containers[0].env[6].name: the secret is a variable instead of a file.',
    {
      "a password as a variable": {
        [`${ENV} 6`]: { name: "DB_PASSWORD", valueFrom: { secretKeyRef: {} } },
      },
    },
  )
  .bad(
    "deployment",
    'P04 Deployment "shlink/shlink", spec.template.spec.containers[0].env.TRUSTED_PROXIES: TRUSTED_PROXIES is missing.',
    { "no proxies": env({ TRUSTED_PROXIES: undefined }) },
  )
  .bad(
    "deployment",
    'P05 Deployment "shlink/shlink", spec.template.spec.containers[0].env[REDIS_SERVERS]: Sentinel mode is off because REDIS_SERVERS holds one address.',
    { "one sentinel address": env({ REDIS_SERVERS: "tcp://a:26379" }) },
  )
  .bad(
    "deployment",
    'P06 Deployment "shlink/shlink", spec.template.spec.containers[0].env.MEMORY_LIMIT: the memory limit of PHP workers is left at 512 MiB each.',
    { "no memory limit": env({ MEMORY_LIMIT: undefined }) },
  )
  .bad(
    "deployment",
    'P07 Deployment "shlink/shlink", spec.template.spec.containers[0].env[DB_DRIVER]: the database is a file in the container.',
    { "a database in a file": env({ DB_DRIVER: "sqlite" }) },
  )
  .bad(
    "deployment",
    'P07 Deployment "shlink/shlink", spec.template.spec.containers[0].env.DB_DRIVER: the database is a file in the container.',
    { "no database": env({ DB_DRIVER: undefined }) },
  )
  .unknown("deployment", "spec.template.spec.containers[0].env[0].value", {
    "a domain that is an output": env({ DEFAULT_DOMAIN: UNKNOWN }),
  });
