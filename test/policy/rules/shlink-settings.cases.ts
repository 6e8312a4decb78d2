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
  .good(
    "a single Redis without Sentinel",
    "deployment",
    env({ REDIS_SENTINEL_SERVICE: undefined, REDIS_SERVERS: "tcp://a:6379" }),
  )
  .good("another image", "deployment", {
    "spec template spec containers 0 image": "example.com/web:1.0.0",
    [ENV]: [],
  })
  .bad(
    "links without https",
    "deployment",
    env({ IS_HTTPS_ENABLED: "false" }),
    'P01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[IS_HTTPS_ENABLED]: links are made without https.',
  )
  .bad(
    "https left out",
    "deployment",
    env({ IS_HTTPS_ENABLED: undefined }),
    'P01 Deployment "shlink/shlink", spec.template.spec.containers[0].env.IS_HTTPS_ENABLED: links are made without https.',
  )
  .bad(
    "no domain",
    "deployment",
    env({ DEFAULT_DOMAIN: undefined }),
    'P02 Deployment "shlink/shlink", spec.template.spec.containers[0].env.DEFAULT_DOMAIN: the default domain is missing or no public name.',
  )
  .bad(
    "a local domain",
    "deployment",
    env({ DEFAULT_DOMAIN: "shlink.local" }),
    'P02 Deployment "shlink/shlink", spec.template.spec.containers[0].env[DEFAULT_DOMAIN]: the default domain is missing or no public name.',
  )
  .bad(
    "a password as a variable",
    "deployment",
    { [`${ENV} 6`]: { name: "DB_PASSWORD", valueFrom: { secretKeyRef: {} } } },
    'P03 Deployment "shlink/shlink", spec.template.spec.containers[0].env[6].name: the secret is a variable instead of a file.',
  )
  .bad(
    "no proxies",
    "deployment",
    env({ TRUSTED_PROXIES: undefined }),
    'P04 Deployment "shlink/shlink", spec.template.spec.containers[0].env.TRUSTED_PROXIES: TRUSTED_PROXIES is missing.',
  )
  .bad(
    "one sentinel address",
    "deployment",
    env({ REDIS_SERVERS: "tcp://a:26379" }),
    'P05 Deployment "shlink/shlink", spec.template.spec.containers[0].env[REDIS_SERVERS]: Sentinel mode is off because REDIS_SERVERS holds one address.',
  )
  .bad(
    "no memory limit",
    "deployment",
    env({ MEMORY_LIMIT: undefined }),
    'P06 Deployment "shlink/shlink", spec.template.spec.containers[0].env.MEMORY_LIMIT: the memory limit of PHP workers is left at 512 MiB each.',
  )
  .bad(
    "a database in a file",
    "deployment",
    env({ DB_DRIVER: "sqlite" }),
    'P07 Deployment "shlink/shlink", spec.template.spec.containers[0].env[DB_DRIVER]: the database is a file in the container.',
  )
  .bad(
    "no database",
    "deployment",
    env({ DB_DRIVER: undefined }),
    'P07 Deployment "shlink/shlink", spec.template.spec.containers[0].env.DB_DRIVER: the database is a file in the container.',
  )
  .unknown(
    "a domain that is an output",
    "deployment",
    env({ DEFAULT_DOMAIN: UNKNOWN }),
    "spec.template.spec.containers[0].env[0].value",
  );
