export type Level = "INFO" | "WARNING" | "ERROR";

export interface Logger {
  log: (channel: "Shlink" | "Access", level: Level, message: string, id?: string) => void;
}

const numbers: Record<Level, number> = { INFO: 200, WARNING: 300, ERROR: 400 };

/** Lines as Shlink's logger writes them to stderr, in either of its two formats. */
export function createLogger(json: boolean, write: (line: string) => void): Logger {
  return {
    log(channel, level, message, id = "-") {
      const datetime = new Date().toISOString().replace("Z", "000+00:00");
      const extra = { request_id: id };
      const fields = { message, context: {}, level: numbers[level], level_name: level, channel };
      write(
        json
          ? `${JSON.stringify({ ...fields, datetime, extra })}\n`
          : `[${datetime}] [${id}] ${channel}.${level} - ${message}\n`,
      );
    },
  };
}
