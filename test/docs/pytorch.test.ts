/**
 * docs/pytorch.md: every block in TypeScript is compiled and run, and what stands after `→` is what
 * it shows. test/reference/check_pytorch_md.py does the same with the blocks in Python.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import * as library from "../../lib/index.js";
import { root } from "../train/support.js";

const markdown = readFileSync(join(root, "docs/pytorch.md"), "utf8");
const blocksOf = (language: string): string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map((m) => m[1]);
/** The first block holds the imports of all others. */
const [imports, ...blocks] = blocksOf("ts");

const oneLine = (text: string): string => text.split(/\s+/).filter(Boolean).join(" ");
/** As console.log shows it, on one line. */
const shown = (value: unknown): string =>
  oneLine(typeof value === "string" ? value : inspect(value, { breakLength: Infinity }));

interface Check {
  source: string;
  want: string;
  throws: boolean;
}

/**
 * The block with each statement that states its value replaced by a call of `check`, in JavaScript.
 */
function instrument(block: string): { code: string; checks: Check[] } {
  const file = ts.createSourceFile("block.ts", block, ts.ScriptTarget.ES2022, true);
  const checks: Check[] = [];
  let code = "";
  for (const statement of file.statements) {
    // The comment stands behind the statement or alone on the next line.
    const rest = block.slice(statement.end);
    const [, throws, want] = /^ *(?:\n *)?\/\/ (throws )?→ (.*)/.exec(rest) ?? [];
    const source = statement.getText();
    if (want === undefined) code += `${source}\n`;
    else {
      if (!ts.isExpressionStatement(statement))
        throw new Error(`only an expression has a value to state: ${source}`);
      code += `check(${checks.length}, () => (${statement.expression.getText()}));\n`;
      checks.push({ source, want, throws: throws !== undefined });
    }
  }
  return {
    code: ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
      .outputText,
    checks,
  };
}

const MODULES: Record<string, () => Promise<object>> = {
  "mm-train": () => Promise.resolve(library),
  "node:fs": () => import("node:fs"),
};

/** What the blocks may use: the names that the first block imports, and no others. */
async function imported(): Promise<Record<string, unknown>> {
  const scope: Record<string, unknown> = {};
  for (const [, names, from] of imports.matchAll(/import \{([^}]*)\} from "([^"]+)"/g)) {
    const module = (await MODULES[from]()) as Record<string, unknown>;
    for (const name of names.split(",").map((n) => n.trim()))
      if (name !== "" && !name.startsWith("type ")) scope[name] = module[name];
  }
  return scope;
}

describe("the blocks in TypeScript", () => {
  it("stand beside as many in Python, but for the list of differences", () => {
    expect(blocksOf("python")).toHaveLength(blocks.length);
    expect(blocks.length).toBeGreaterThan(10);
  });

  it("have no type errors", () => {
    const sources = new Map(
      blocks.map((block, i) => [
        join(root, `docs/block-${i}.ts`),
        `${imports}\nexport {};\n${block}`,
      ]),
    );
    const options: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ["node"],
      paths: { "mm-train": [join(root, "lib/index.ts")] },
    };
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists } = host;
    host.readFile = (name) => sources.get(name) ?? readFile(name);
    host.fileExists = (name) => sources.has(name) || fileExists(name);
    const program = ts.createProgram([...sources.keys()], options, host);
    const errors = [...sources.keys()].flatMap((name) =>
      ts.getPreEmitDiagnostics(program, program.getSourceFile(name)),
    );
    expect(
      errors.map(
        (e) => `${e.file?.fileName}: ${ts.flattenDiagnosticMessageText(e.messageText, " ")}`,
      ),
    ).toEqual([]);
  });

  it.each(blocks.map((block, i) => [i, block.split("\n")[0], block] as const))(
    "%i: %s",
    async (_, __, block) => {
      const { code, checks } = instrument(block);
      expect(checks.length).toBeGreaterThan(0);
      // A comment that no statement has taken would state something that nobody checks.
      expect(block.match(/→/g)).toHaveLength(checks.length);
      const seen: number[] = [];
      const check = (i: number, body: () => unknown): void => {
        seen.push(i);
        const { source, want, throws } = checks[i];
        if (throws) expect(body, source).toThrow(want);
        else expect({ source, value: shown(body()) }).toEqual({ source, value: oneLine(want) });
      };
      const scope = await imported();
      new Function(...Object.keys(scope), "check", code)(...Object.values(scope), check);
      expect(seen).toEqual(checks.map((_, i) => i));
    },
  );

  it("use every name that is imported", () => {
    const names = [...imports.matchAll(/import \{([^}]*)\}/g)].flatMap((m) =>
      m[1].split(",").map((n) => n.trim().replace("type ", "")),
    );
    const code = blocks.join("\n");
    expect(names.filter((name) => name !== "" && !new RegExp(`\\b${name}\\b`).test(code))).toEqual(
      [],
    );
  });
});
