import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';

/** An input that once was read wrongly, or comes close to where it could be. `input` holds one character a byte. */
export type CorpusEntry = { readonly why: string; readonly input: string };

const ROOT = new URL('../../../../fixtures/wire/fuzz/', import.meta.url);

/** The committed inputs of a target, by file name. */
export function readCorpus(target: string): Map<string, CorpusEntry> {
  const folder = new URL(`${target}/`, ROOT);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as CorpusEntry]));
}

/** Keeps an input; returns the path of its file, which is named after its bytes. */
export function writeCorpus(target: string, bytes: Uint8Array, why: string): string {
  const folder = new URL(`${target}/`, ROOT);
  mkdirSync(folder, { recursive: true });
  const path = fileURLToPath(new URL(`${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.json`, folder));
  const entry: CorpusEntry = { why, input: Buffer.from(bytes).toString('latin1') };
  writeFileSync(path, `${JSON.stringify(entry, undefined, 2)}\n`);
  return path;
}
