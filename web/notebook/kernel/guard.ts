/** Looks whether the page still has a file in memory, without waiting for a message. */

/** Taken before cells run, which cannot have it. */
const Request = globalThis.XMLHttpRequest;

export function isGone(url: string): boolean {
  try {
    const request = new Request();
    request.open("GET", url, false);
    request.send();
    return false;
  } catch {
    return true;
  }
}
