/** Workers, whose scripts were built beside the page or into it. */

/** The document is whole: what stands behind the page's own script is there. */
const parsed = (): Promise<void> =>
  document.readyState === "loading"
    ? new Promise((done) => {
        document.addEventListener("DOMContentLoaded", () => done(), { once: true });
      })
    : Promise.resolve();

/** The text of a script of the page that is not run in it. @throws Error */
async function scriptText(id: string): Promise<string> {
  await parsed();
  const element = document.getElementById(id);
  if (element === null) throw new Error(`this page has no ${id}: build it again`);
  const { src } = element.dataset;
  if (src === undefined) return element.textContent ?? "";
  const response = await fetch(src).catch((error: Error) => {
    throw new Error(`${src} cannot be loaded (${error.message}): load the page again`);
  });
  if (!response.ok)
    throw new Error(`${src} cannot be loaded (${response.status}): load the page again`);
  return response.text();
}

/**
 * From a Blob, in the folder too: it is under the page's content security policy then.
 * @throws Error where its script cannot be loaded
 */
export async function startWorker(id: string): Promise<Worker> {
  const code = await scriptText(id);
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url, { name: id });
  // It has been loaded when it first answers.
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return worker;
}
