import { z } from "zod";
import type { Repository } from "./github.ts";

const forms = {
  GITHUB_API_URL: z
    .string()
    .regex(/^(https:\/\/|http:\/\/127\.0\.0\.1\b)[^\s?#]*$/)
    .transform((url) => url.replace(/\/+$/, "")),
  GITHUB_REPOSITORY: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  GITHUB_TOKEN: z.string().regex(/^[\x21-\x7e]+$/),
  PR_NUMBER: z.string().regex(/^[1-9]\d{0,9}$/),
};
const expectations = {
  GITHUB_API_URL: "the https address of GitHub's API",
  GITHUB_REPOSITORY: "owner/name",
  GITHUB_TOKEN: "the job's token",
  PR_NUMBER: "the number of the pull request",
};

type Environment = Record<string, string | undefined>;

/** The value itself is never shown: one of them is the token. */
function setting(environment: Environment, name: keyof typeof forms): string {
  const parsed = forms[name].safeParse(environment[name]);
  if (parsed.success) return parsed.data;
  throw new Error(`The environment variable ${name} must be ${expectations[name]}.`);
}

export function repositoryOf(environment: Environment): Repository {
  return {
    api: setting(environment, "GITHUB_API_URL"),
    name: setting(environment, "GITHUB_REPOSITORY"),
    token: setting(environment, "GITHUB_TOKEN"),
  };
}

export function pullOf(environment: Environment): number {
  return Number(setting(environment, "PR_NUMBER"));
}
