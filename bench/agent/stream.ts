import type { ClientTransport } from './contract.ts';
import { createStreamDriver } from './http-stream.ts';
import { LineParser } from './wire/ndjson.ts';

/** Newline-delimited JSON over one response; lean clients read it over raw sockets. */
export const stream: ClientTransport = {
  lean: createStreamDriver({
    accept: 'application/x-ndjson',
    isStream: (type) => /^application\/x-ndjson\s*(;|$)/i.test(type ?? ''),
    createParser: (client, line, error) => new LineParser(client, { line, error }),
  }),
  libraryName: 'fetch',
  libraryTakesAddress: false,
  library: async () => (await import('./library/fetch.ts')).createFetchDriver,
};
