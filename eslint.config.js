import js from "@eslint/js";
import { builtinRules } from "eslint/use-at-your-own-risk";
import tseslint from "typescript-eslint";

const linesPerFunction = builtinRules.get("max-lines-per-function");

/** A suite is written as a function and is a list of cases; its file's length limits it. */
const functionsButSuites = {
  ...linesPerFunction,
  create(context) {
    const report = (fault) => {
      const { parent } = fault.node;
      if (parent.type !== "CallExpression" || parent.callee.name !== "describe")
        context.report(fault);
    };
    return linesPerFunction.create(Object.create(context, { report: { value: report } }));
  },
};

export default tseslint.config(
  { ignores: ["node_modules", ".local", ".run", "local/toolchain/go"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.json" } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "max-lines-per-function": ["error", 45],
      "max-lines": ["error", 300],
    },
  },
  {
    // A component takes what it needs as arguments.
    files: ["components/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "A component takes what it needs as arguments.",
        },
      ],
    },
  },
  {
    files: ["test/**"],
    plugins: { house: { rules: { "max-lines-per-function": functionsButSuites } } },
    rules: {
      "max-lines-per-function": "off",
      "house/max-lines-per-function": ["error", 60],
    },
  },
  { files: ["**/*.js"], ...tseslint.configs.disableTypeChecked },
);
