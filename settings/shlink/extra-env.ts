import { z } from "zod";
import { whyNotExtra } from "../../platform/shlink-variables.ts";

export const extraEnv = z
  .record(z.string(), z.string().min(1))
  .superRefine((variables, context) => {
    const refuse = (name: string, message: string) =>
      context.addIssue({ code: "custom", path: [name], message });
    for (const name of Object.keys(variables)) {
      const why = whyNotExtra(name);
      if (!/^[A-Z][A-Z0-9_]*$/.test(name))
        refuse(name, "must be the name of a variable: upper-case letters, digits, _");
      else if (why !== undefined) refuse(name, `must be left out: ${why}`);
    }
  })
  .meta({ title: "names and values", examples: [{ NEW_OPTION: "on" }] })
  .describe(
    "Variables for Shlink that no setting and no other part decides, such as those of a later release. They stand in " +
      "the pod's description: names that look like a secret are refused.",
  );
