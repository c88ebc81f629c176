/** `mm-train lab` */
import { Command, Option } from "commander";
import { addJsonOption, asNumber, folderName, wholeNumber } from "../../options.js";
import { openBrowser } from "../../open-browser.js";
import { INTERRUPTED, SIGNALS } from "../../outcome.js";
import { say, sayJson } from "../../terminal/say.js";

interface Options {
  port?: unknown;
  open?: true;
  runs?: string;
  json?: true;
}

const ABOUT = `
The page is served to this machine only, and nothing is written. Its address
holds a token, without which nobody is told of the runs: keep it to yourself.
Ctrl-C ends the server.`;

export function labCommand(): Command {
  const command = new Command("lab")
    .description("serve a page with your runs, live and compared, and the playground")
    .addOption(
      new Option("--port <n>", "where it listens (default: 4774, or the next free one)").argParser(
        asNumber,
      ),
    )
    .option("--open", "open the page in your browser")
    .option("--runs <folder>", "folder that holds the run folders (default: runs)")
    .addHelpText("after", ABOUT);
  return addJsonOption(command).action(runLab);
}

async function runLab({ port, open, runs, json }: Options): Promise<void> {
  const wanted = port === undefined ? undefined : wholeNumber("--port", port, 0, 65_535);
  const folder = folderName("--runs", runs);
  // A server is nothing that another command waits for.
  const { RunsFolder, startLab } = await import("../../../lab/index.js");
  const source = new RunsFolder(folder);
  source.list(); // what is no folder is said before anything is served
  const lab = await startLab({ source, port: wanted });
  const address = lab.address();
  if (json) sayJson({ event: "listening", address, port: lab.port });
  else say(`${address} (Ctrl-C ends it)`);
  if (open) openBrowser(address);
  await new Promise<void>((ended) => {
    for (const signal of SIGNALS) process.once(signal, () => ended());
  });
  await lab.close();
  process.exitCode = INTERRUPTED;
}
