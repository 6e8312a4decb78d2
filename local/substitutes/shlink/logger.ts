type Level = "INFO" | "WARNING" | "ERROR";

export interface Logger {
  /** Writes a line of PHP's. */
  log: (channel: "Shlink" | "Access", level: Level, message: string, id?: string) => void;
  /** Writes a line of RoadRunner's own. */
  own: (name: string, level: "DEBUG" | "INFO", message: string, fields?: object) => void;
}

const numbers: Record<Level, number> = { INFO: 200, WARNING: 300, ERROR: 400 };

function php(json: boolean, channel: string, level: Level, message: string, id: string): string {
  const datetime = new Date().toISOString().replace("Z", "000+00:00");
  if (!json) return `[${datetime}] [${id}] ${channel}.${level} - ${message}`;
  const fields = { message, context: {}, level: numbers[level], level_name: level, channel };
  return JSON.stringify({ ...fields, datetime, extra: { request_id: id } });
}

/**
 * Writes lines as they leave RoadRunner: it wraps whatever PHP writes, and calls all of it INFO. How
 * bad something is stands in the text inside.
 */
export function createLogger(json: boolean, write: (line: string) => void): Logger {
  const own: Logger["own"] = (name, level, message, fields = {}) => {
    const time = new Date().toISOString();
    const line = json
      ? JSON.stringify({ L: level, T: time, N: name, M: message, ...fields })
      : [time, level, name, message].join("\t");
    write(`${line}\n`);
  };
  return {
    own,
    log: (channel, level, message, id = "-") =>
      own("server", "INFO", php(json, channel, level, message, id)),
  };
}
