/** Random scripts of statements that a cell has to rewrite, for a comparison with the script itself. */
import fc from "fast-check";

/** A statement as it is written, given names that exist; and the names it declares. */
interface Template {
  readonly declares: readonly ("number" | "function")[];
  readonly write: (declared: readonly string[], numbers: readonly string[], f: string) => string;
}

const TEMPLATES: readonly Template[] = [
  { declares: ["number"], write: ([x], [a, b]) => `const ${x}: number = ${a} + ${b};` },
  { declares: ["number"], write: ([x], [a]) => `let ${x} = ${a} * 2\n${x} += 1\n${x}++` },
  { declares: ["number"], write: ([x], [a]) => `var ${x} = -${a}` },
  { declares: ["number"], write: ([x]) => `let ${x}: number | undefined;\n${x} ??= 4` },
  {
    declares: ["number", "number"],
    write: ([x, y], [a, b]) => `const { p: ${x}, q: [${y} = 3] } = { p: ${a}, q: [${b}] }`,
  },
  {
    declares: ["number", "number"],
    write: ([x, y], [a]) =>
      `const { ${x}, ...rest_${y} } = { ${x}: ${a}, z: 5 };\nlet ${y} = rest_${y}.z`,
  },
  {
    declares: ["number", "number"],
    write: ([x, y], [a, b]) => `let ${x} = ${a}, ${y} = ${b};\n[${x}, ${y}] = [${y}, ${x}]`,
  },
  {
    declares: ["number"],
    write: ([x], [a]) => `let ${x} = 0;\n({ ${x} } = { ${x}: ${a} + 1 })`,
  },
  {
    declares: ["function"],
    write: ([f], [a]) => `function ${f}(n: number, m = ${a}) { return n + m + arguments.length }`,
  },
  { declares: ["function"], write: ([f], [a]) => `const ${f} = (n = 1) => n * ${a}` },
  {
    declares: ["function"],
    write: ([f], [a]) =>
      `class K_${f} { static s = ${a}\n get v() { return K_${f}.s } }\n` +
      `const ${f} = function () { return new K_${f}().v + (this === undefined ? 1 : 2) };`,
  },
  { declares: [], write: (_, [a, b], f) => `print(${f}(${a}), ${f}.name, typeof ${b})` },
  { declares: [], write: (_, [a, b]) => `print({ ${a}, ${b} })` },
  { declares: [], write: (_, [a], f) => `print([1, 2].map((x) => x + ${a} + ${f}(x)))` },
  { declares: [], write: (_, [a]) => `print(\`v \${${a}}\`)\nprint(typeof nowhere)` },
  {
    declares: [],
    write: (_, [a, b]) =>
      `for (let i = 0, n = 3; i < n; i++) if (i % 2) print(i, ${a})\nelse print(${b})`,
  },
  { declares: [], write: (_, [a]) => `for (const k of [${a}, 2]) { const ${a} = k; print(${a}) }` },
  {
    declares: ["number"],
    write: ([x], [a]) => `for (var ${x} = 0; ${x} < 2; ${x}++) print(${x}, ${a})`,
  },
  {
    declares: ["number"],
    write: ([x], [a]) => `{ var ${x} = ${a}; let inner = ${x}; print(inner) }`,
  },
  { declares: [], write: (_, [a]) => `for (const key in { a: ${a} })\n  print(key)` },
  { declares: [], write: (_, [a]) => `outer: while (true) { do break outer\nwhile (${a}) }` },
  {
    declares: [],
    write: (_, [a], f) =>
      `try { throw new Error(String(${f}(2))) } catch ({ message }) { print(message, ${a}) }`,
  },
  {
    declares: [],
    write: (_, [a], f) =>
      `{ const ${f} = (${a}: number) => ${a}; let ${a} = 8\n  print(${f}(${a})) }`,
  },
  { declares: [], write: (_, [a]) => `print(await Promise.resolve(${a}))` },
  { declares: [], write: (_, [a], f) => `const_ = ${a}\nprint(const_ satisfies number, ${f}!(1))` },
  {
    declares: [],
    write: (_, [a]) => `switch (${a} > 0) { case true: print("+"); break\ndefault: print("-") }`,
  },
  { declares: [], write: (_, [a]) => `print(((t, ...v) => t.raw + v)\`a\${${a}}b\`)` },
];

/** The statements of a script; each stands alone as a cell, after those before it. */
export const program: fc.Arbitrary<string[]> = fc
  .array(fc.record({ template: fc.nat(), picks: fc.tuple(fc.nat(), fc.nat(), fc.nat()) }), {
    minLength: 1,
    maxLength: 25,
  })
  .map((choices) => {
    const numbers = ["n0", "n1"];
    const functions = ["f0"];
    const statements = ["let n0 = 1, n1 = 7; let const_ = 0\nfunction f0(x: number) { return x }"];
    for (const { template, picks } of choices) {
      const { declares, write } = TEMPLATES[template % TEMPLATES.length];
      const known = { number: numbers, function: functions };
      const declared = declares.map((kind, i) => `${kind[0]}_${statements.length}_${i}`);
      const first = numbers[picks[0] % numbers.length];
      const others = numbers.filter((name) => name !== first);
      const second = others[picks[1] % others.length];
      const f = functions[picks[2] % functions.length];
      statements.push(write(declared, [first, second], f));
      for (const [i, kind] of declares.entries()) known[kind].push(declared[i]);
    }
    return statements;
  });
