/** Whether a text is one whole JSON document. Browsers load this too. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
