/** What the library says of what a browser does not have. */
import { loadRun, setBackend, train } from "../../../lib/index.js";

const cases: Record<string, () => unknown> = {
  brown: () => train({ data: "brown", level: "word", steps: 1 }),
  "standard input": () => train({ data: "-", steps: 1 }),
  "no file": () => train({ data: "words.txt", steps: 1 }),
  "no run": () => loadRun("runs/names"),
  native: () => setBackend("native"),
};

async function main(): Promise<void> {
  const said: Record<string, string> = {};
  for (const [name, call] of Object.entries(cases)) {
    try {
      await call();
    } catch (error) {
      said[name] = `${(error as { code?: string }).code} ${(error as Error).message}`;
    }
  }
  console.log(JSON.stringify(said));
}

void main();
