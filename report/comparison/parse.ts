import { Check, Errors } from 'typebox/schema';
import schema from '../../bench/result/result.schema.json' with { type: 'json' };
import { isJson } from '../../bench/result/json-text.ts';
import type { RunResult } from '../../bench/result/schema.ts';
import { jsonOfReport } from '../unpack.ts';

/** Kept equal to the schema's own by its type. */
const SCHEMA_VERSION: RunResult['schemaVersion'] = 1;

/** A result, or the rest of a sentence that begins with the name of the file: what is wrong, and what to do. */
export type ParsedResult = { readonly result: RunResult } | { readonly problem: string };

/**
 * Reads a result from whatever somebody chose: the text of a result.json, or of a report, which carries one. Nothing of it
 * is believed before it holds to the schema.
 */
export async function parseResult(text: string): Promise<ParsedResult> {
  if (text.trim() === '') return { problem: 'is empty.' };
  if (/^\s*<!doctype html/i.test(text)) {
    const json = await jsonOfReport(text).catch(() => null);
    return json === null
      ? { problem: 'is a web page that carries no result of pushbench. Choose the result.json beside it.' }
      : parseJson(json);
  }
  return parseJson(text);
}

function parseJson(text: string): ParsedResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const [first = '', second = ''] = text.split('\n', 2);
    if (second !== '' && isJson(first))
      return {
        problem:
          'holds several JSON documents, as a journal does. Rebuild the result from it: npm run bench -- report DIR.',
      };
    const said = error instanceof Error ? error.message : String(error);
    return { problem: `is not a whole JSON document (${said}). Was it truncated?` };
  }
  const version = (value as { readonly schemaVersion?: unknown } | null)?.schemaVersion;
  if (version === undefined) return { problem: 'is JSON, but no result of pushbench: it has no schemaVersion.' };
  if (typeof version === 'number' && version > SCHEMA_VERSION)
    return {
      problem: `was written by a newer pushbench (schema version ${version}; this page reads ${SCHEMA_VERSION}). Compare with that one.`,
    };
  if (version !== SCHEMA_VERSION)
    return {
      problem: `has the schema version ${JSON.stringify(version)}; this page reads ${SCHEMA_VERSION}.`,
    };
  return Check(schema, value) ? { result: value as unknown as RunResult } : { problem: deviation(value) };
}

/** The deepest place that does not hold: an outer one only says that something in it does not. */
function deviation(value: unknown): string {
  const [, errors] = Errors(schema, value);
  const depth = (path: string) => path.split('/').length;
  const [first] = errors.toSorted((a, b) => depth(b.instancePath) - depth(a.instancePath));
  const where = first === undefined ? '' : ` at ${first.instancePath || '/'}: ${first.message}`;
  return `does not hold to the schema of results${where}. It was damaged or edited.`;
}
