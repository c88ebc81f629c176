/**
 * Messages of the kernel as text and numbers. A cell that means to can send some of its own; objects
 * among them must not pass for elements of the page.
 */
import type { Failure, Item, Picture, Place, Ran, Shown } from "../protocol.js";

const list = <T>(value: readonly T[]): readonly T[] => (Array.isArray(value) ? value : []);

const plainPlace = ({ cell, line }: Place): Place => ({ cell: String(cell), line: Number(line) });
const plainFailure = ({ name, message, places }: Failure): Failure => ({
  name: String(name),
  message: String(message),
  places: list(places).map(plainPlace),
});
const plainPicture = ({ svg, label, width }: Picture): Picture => ({
  svg: String(svg),
  label: String(label),
  width: width === undefined ? undefined : Number(width),
});

function plainItem(item: Item): Item {
  switch (item.kind) {
    case "picture":
      return { kind: "picture", picture: plainPicture(item.picture) };
    case "failure":
      return { kind: "failure", failure: plainFailure(item.failure) };
    case "value":
      return { kind: "value", text: String(item.text) };
    default:
      return {
        kind: "text",
        stream: item.stream === "error" ? "error" : "out",
        text: String(item.text),
      };
  }
}

export const plainShown = ({ items, tail }: Shown): Shown => ({
  items: list(items).map(plainItem),
  ...(tail && { tail: { skippedLines: Number(tail.skippedLines), text: String(tail.text) } }),
});

export const plainRan = (ran: Ran): Ran => ({
  ok: Boolean(ran.ok),
  interrupted: Boolean(ran.interrupted),
  milliseconds: Number(ran.milliseconds),
  writes: list(ran.writes).map(String),
  reads: list(ran.reads).map(String),
});
