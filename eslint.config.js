import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "build", "build-cmake", "prebuilds", "node_modules", "runs", "bench/.venv"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.recommended],
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
    },
  },
  {
    files: ["lib/**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numbers in messages are what messages are for.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowNever: true, allowAny: true, allowNullish: true },
      ],
      // `this.run = binding.run` binds nothing by intent: the addon's functions have no `this`.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    // Words, names and values of files act on a terminal unless they are made printable first.
    files: ["lib/**/*.ts"],
    ignores: ["lib/cli/terminal/say.ts", "lib/warn.ts"],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "MemberExpression[property.name='write'][object.property.name=/^std(out|err)$/]",
          message: "Print with say or tell of lib/cli/terminal/say.ts, which make text printable.",
        },
      ],
    },
  },
  { files: ["test/**/*.ts"], rules: { "preserve-caught-error": "off" } },
  {
    files: ["{scripts,web,packages}/**/*.cjs", "*.js"],
    languageOptions: {
      sourceType: "commonjs",
      globals: {
        require: "readonly",
        exports: "writable",
        process: "readonly",
        console: "readonly",
        __dirname: "readonly",
        module: "readonly",
      },
    },
  },
  {
    files: ["bench/peers/*.mjs", "scripts/verify/*.mjs", "test/browser/programs/*.mjs"],
    languageOptions: { globals: { process: "readonly", performance: "readonly" } },
  },
  { files: ["*.js"], languageOptions: { sourceType: "module" } },
);
