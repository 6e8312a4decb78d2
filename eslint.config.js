import js from "@eslint/js";
import tseslint from "typescript-eslint";

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
      "max-lines-per-function": ["error", { max: 45, skipBlankLines: true, skipComments: true }],
      "max-lines": ["error", { max: 260, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // A component takes what it needs as arguments; only config.ts reads the environment.
    files: ["components/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "Only config.ts reads the environment.",
        },
      ],
      "no-restricted-imports": ["error", { patterns: ["**/settings/**", "**/local/**"] }],
    },
  },
  {
    // The boot order is one list; its length is the platform's.
    files: ["index.ts"],
    rules: { "max-lines-per-function": "off" },
  },
  {
    files: ["test/**", "**/*.test.ts"],
    rules: { "max-lines-per-function": "off", "max-lines": "off" },
  },
  { files: ["**/*.js"], ...tseslint.configs.disableTypeChecked },
);
