/**
 * `mm-train completion SHELL`: a script for the shell, which asks `mm-train completion-server` at
 * each Tab.
 */
import { readdirSync } from "node:fs";
import { Argument, Command, type Option } from "commander";
import * as z from "zod";
import { printable } from "../../printable.js";
import { ALL_SETTINGS } from "../../run/settings/config.js";
import { PRESETS } from "../../run/settings/presets.js";
import { runFolders } from "../../run/folder/runs.js";
import { say } from "../terminal/say.js";

/** Something that may be typed next. */
interface Candidate {
  readonly name: string;
  readonly description?: string;
}

const HOW = `
  bash  eval "$(mm-train completion bash)"      in ~/.bashrc
  zsh   eval "$(mm-train completion zsh)"       in ~/.zshrc, after compinit
  fish  mm-train completion fish | source       in ~/.config/fish/config.fish`;

export function completionCommand(): Command {
  return new Command("completion")
    .description("print a script that completes commands, options and values of mm-train at Tab")
    .addArgument(new Argument("<shell>", "whose script").choices(["bash", "zsh", "fish"]))
    .addHelpText("after", HOW)
    .action(async (shell: "bash" | "zsh" | "fish") => {
      const { getCompletionScript } = await import("@pnpm/tabtab");
      const script = await getCompletionScript({ name: "mm-train", completer: "mm-train", shell });
      say(script.trimEnd().split("\n"));
    });
}

/** What the script asks; the line so far comes in variables of the environment. */
export function completionServer(program: Command): Command {
  return new Command("completion-server").argument("[words...]").action(async () => {
    const { getShellFromEnv, log, logFiles, parseEnv } = await import("@pnpm/tabtab");
    const { partial } = parseEnv(process.env);
    const words = partial.split(/\s+/).slice(1);
    const found = candidates(program, words.slice(0, -1), words.at(-1) ?? "");
    // Of a name with control characters no shell makes what it was. (A tab before a description
    // is printed as \t, which the script for fish turns back.)
    const shown = found.filter(({ name }) => printable(name) === name);
    if (shown.length === 0) logFiles();
    else log(shown, getShellFromEnv(process.env), say);
  });
}

/** What may follow the words `before` and start with `start`; nothing where a file may. */
function candidates(program: Command, before: readonly string[], start: string): Candidate[] {
  const named = program.commands.find((command) => command.name() === before[0]);
  const command = named ?? program.commands[0]; // train, the default
  for (const name of ["model", "preset"]) {
    const at = before.lastIndexOf(`--${name}`); // it has options of its own
    if (at >= 0) command.setOptionValue(name, before.at(at + 1));
  }
  const last = before.at(-1);
  const option = command.options.find(
    ({ long, short }) => last !== undefined && [long, short].includes(last),
  );
  const all = (): Candidate[] => {
    if (option?.required) return valuesOf(option).map((name) => ({ name }));
    if (start.startsWith("-")) return optionsOf(command);
    if (before.length === 0) return [...commandsOf(program), ...files()];
    return command.name() === "compare" ? runs().map((name) => ({ name })) : [];
  };
  return all().filter(({ name }) => name.startsWith(start));
}

function valuesOf(option: Option): readonly string[] {
  if (option.argChoices !== undefined) return option.argChoices;
  if (option.long === "--preset") return Object.keys(PRESETS);
  if (option.long === "--run" || option.long === "--mix") return runs();
  const key = option.attributeName();
  const type = Object.hasOwn(ALL_SETTINGS, key) ? ALL_SETTINGS[key].def.innerType : undefined;
  return type instanceof z.ZodEnum ? type.options.map(String) : [];
}

/** A description is one line: of it the first clause. */
const clause = (description: string): string => description.split(/[;(]/)[0].trim();

const optionsOf = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) =>
      long ? [{ name: long, description: clause(description) }] : [],
    );

const commandsOf = (program: Command): Candidate[] =>
  program
    .createHelp()
    .visibleCommands(program)
    .map((command) => ({ name: command.name(), description: clause(command.description()) }));

/** Lists of words that lie here: the first word may be one. */
function files(): Candidate[] {
  try {
    const entries = readdirSync(".", { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => ({ name }));
  } catch {
    return [];
  }
}

function runs(): string[] {
  try {
    return runFolders("config.json");
  } catch {
    return [];
  }
}
