// What stands for something else in the texts of a target file: the number of a client, and what is no file's business.

const PLACEHOLDER = /\{(?:client|env:([A-Za-z_]\w*))\}/g;

/**
 * The text with the client's number in the place of `{client}`, and the value of the variable in that of `{env:NAME}`: read when it
 * is used, so that it stands in no result.
 *
 * @throws Error, a sentence, where a variable is not set
 */
export function filled(text: string, client: number, env: NodeJS.ProcessEnv = process.env): string {
  return text.replaceAll(PLACEHOLDER, (_, name?: string) => {
    if (name === undefined) return String(client);
    const value = env[name];
    if (value === undefined) throw new Error(`{env:${name}}: the environment has no variable of that name; set it`);
    return value;
  });
}

/** Whether each client has a text of its own. */
export function differsByClient(text: string): boolean {
  return text.includes('{client}');
}

/** The names of the variables that stand anywhere in a value, each once. */
export function variablesIn(value: unknown): string[] {
  const names = [...JSON.stringify(value).matchAll(PLACEHOLDER)].flatMap(([, name]) => name ?? []);
  return [...new Set(names)];
}
