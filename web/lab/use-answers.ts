/** Answers of the server as they change, while they can be seen. */
import { type RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, Gone } from "./server.js";

/** Milliseconds from an answer to the next question. */
const PAUSE = 1000;

export interface Answers<T> {
  readonly answer: T | undefined;
  /** a line for the reader */
  readonly problem: string | undefined;
}

/** Asks again and again, as long as `isSeen`; ends when it is called. */
export function repeatedly(
  question: () => Promise<"again" | "at once" | "enough">,
  isSeen: () => boolean,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const next = async (): Promise<void> => {
    const then = isSeen() ? await question() : "again";
    if (!ended && then !== "enough")
      timer = setTimeout(() => void next(), then === "again" ? PAUSE : 0);
  };
  void next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/**
 * Of a view that another one of the page hides, nothing is asked. In another tab of the browser it
 * goes on: the end of a training is not missed.
 */
export const isSeen = ({ current }: RefObject<HTMLElement>): boolean =>
  current?.offsetParent !== null;

/** One answer, asked once. */
export function useAnswer<T>(path: string | undefined, again: unknown = 0): Answers<T> {
  const [answers, setAnswers] = useState<Answers<T> & { path?: string }>({
    answer: undefined,
    problem: undefined,
  });
  useEffect(() => {
    if (path === undefined) return;
    let current = true;
    ask<T>(path).then(
      (answer) => current && setAnswers({ answer, problem: undefined, path }),
      (error: Error) =>
        current &&
        setAnswers((before) => ({
          path,
          answer: before.path === path ? before.answer : undefined,
          problem: error.message,
        })),
    );
    return () => {
      current = false;
    };
  }, [path, again]);
  return answers.path === path ? answers : { answer: undefined, problem: undefined };
}

/** The answer as it is about once a second. */
export function useAnswers<T extends object>(
  path: string,
  root: RefObject<HTMLElement>,
): Answers<T> {
  const [answers, setAnswers] = useState<Answers<T>>({ answer: undefined, problem: undefined });
  useEffect(() => {
    let last = "";
    return repeatedly(
      async () => {
        try {
          const answer = await ask<T>(path);
          const text = JSON.stringify(answer);
          if (text !== last) setAnswers({ answer, problem: undefined });
          last = text;
        } catch (error) {
          const { message } = error as Error;
          last = "";
          setAnswers(({ answer }) => ({ answer, problem: message }));
          // Who ended it may start it again; then this page is of an earlier one.
          return error instanceof Gone ? "again" : "enough";
        }
        return "again";
      },
      () => isSeen(root),
    );
  }, [path]);
  return answers;
}
