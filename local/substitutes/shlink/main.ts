import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createBackend, type Backend } from "./backend.ts";
import { clearCache } from "./cache.ts";
import { runCli } from "./cli.ts";
import { loadConfig, type Config } from "./config.ts";
import { entrypointFlags, initialize, parseInitFlags, type Output } from "./installer.ts";
import { createLogger } from "./logger.ts";
import { createShlinkServer, stopServer } from "./server.ts";

const home = process.env.SHLINK_HOME ?? "/etc/shlink";

const output: Output = {
  write: (text) => process.stdout.write(text),
  verbosity: Number(process.env.SHELL_VERBOSITY ?? 0) || 0,
};

/** Does RoadRunner's part: serves until told to stop. */
async function serve(config: Config, backend: Backend): Promise<number> {
  const logger = createLogger(config.jsonLogs, (line) => process.stderr.write(line));
  const server = createShlinkServer({ config, logger, ...backend });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(config.port, config.address, resolve);
  });
  output.write("[INFO] RoadRunner server started; version: 2025.1.4\n");
  logger.own("jobs", "DEBUG", "pipeline was started", { pipeline: "shlink", driver: "memory" });
  await new Promise((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, resolve);
  });
  output.write("stop signal received, grace timeout is: 30 seconds\n");
  await stopServer(server, sleep);
  return 0;
}

async function entrypoint(config: Config, backend: Backend): Promise<number> {
  for (const folder of ["cache", "locks", "log", "proxies", "temp-geolite"]) {
    mkdirSync(join(home, "data", folder), { recursive: true });
  }
  const code = await initialize(config, backend, entrypointFlags(config), home, output);
  if (code !== 0 || process.env.SHLINK_RUNTIME !== "rr") return code;
  return serve(config, backend);
}

async function doctrine(config: Config, { redis }: Backend, name: string): Promise<number> {
  const clears = name === "orm:clear-cache:metadata" && redis !== null;
  if (clears) await clearCache(redis, config.cacheNamespace);
  return 0;
}

/** Runs the program of the image that this call stands for: `php <script>` or the script's own name. */
async function run(program: string, args: string[]): Promise<number> {
  if (program === "php") return run((args[0] ?? "").split("/").at(-1) ?? "", args.slice(1));
  const config = loadConfig(process.env);
  process.env.TZ = config.timezone;
  const backend = createBackend(config, process.env, home);
  switch (program) {
    case "docker-entrypoint.sh":
      return entrypoint(config, backend);
    case "shlink-installer":
      return initialize(config, backend, parseInitFlags(args), home, output);
    case "doctrine":
      return doctrine(config, backend, args[0] ?? "");
    case "rr":
      return serve(config, backend);
    case "cli":
    case "shlink":
      return runCli(config, backend, process.env, args, output);
    default:
      throw new Error(`Could not open input file: ${program}`);
  }
}

const [program = "", ...args] = process.argv.slice(2);
run(program, args).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  },
);
