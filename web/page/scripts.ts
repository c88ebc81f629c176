/** Scripts that were built beside the page or into it, run when they are needed. */

/** The document is whole: what stands behind the page's own script is there. */
const parsed = (): Promise<void> =>
  document.readyState === "loading"
    ? new Promise((done) => {
        document.addEventListener("DOMContentLoaded", () => done(), { once: true });
      })
    : Promise.resolve();

/** The element that holds a script, or says where it is. @throws Error */
async function holder(id: string): Promise<HTMLElement> {
  await parsed();
  const element = document.getElementById(id);
  if (element === null) throw new Error(`this page has no ${id}: build it again`);
  return element;
}

const again = (src: string, why: string | number): Error =>
  new Error(`${src} cannot be loaded (${why}): load the page again`);

/** @throws Error */
async function textOf(element: HTMLElement): Promise<string> {
  const { src } = element.dataset;
  if (src === undefined) return element.textContent ?? "";
  const response = await fetch(src).catch((error: Error) => {
    throw again(src, error.message);
  });
  if (!response.ok) throw again(src, response.status);
  return response.text();
}

/**
 * From a Blob, in the folder too: it is under the page's content security policy then.
 * @throws Error where its script cannot be loaded
 */
export async function startWorker(id: string): Promise<Worker> {
  const code = await textOf(await holder(id));
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url, { name: id });
  // It has been loaded when it first answers.
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return worker;
}

/** Runs a script in the page, as its policy allows it. @throws Error where it cannot be loaded */
export async function runScript(id: string): Promise<void> {
  const element = await holder(id);
  const script = document.createElement("script");
  const { src } = element.dataset;
  if (src === undefined) {
    script.textContent = element.textContent;
    document.head.append(script);
    return;
  }
  script.src = src;
  await new Promise<void>((done, fail) => {
    script.onload = () => done();
    script.onerror = () => fail(again(src, "not found, or not allowed"));
    document.head.append(script);
  });
}
