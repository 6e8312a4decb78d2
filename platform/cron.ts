/** The short forms that Kubernetes takes, in five fields: robfig/cron v3.0.1, parser.go, `parseDescriptor`. */
const shortForms: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** The five fields of a cron schedule, which may be a short form. */
export const cronFields = (schedule: string) => shortForms[schedule] ?? schedule;
