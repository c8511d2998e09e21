import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Ajv } from 'ajv';
import type { TSchema } from 'typebox';
import { PushbenchError } from '../basics/errors.ts';
import { RunResult, SCHEMA_VERSION } from './schema.ts';

/**
 * Writes a whole file or nothing: beside it first, flushed to disk, then renamed over it.
 *
 * @throws PushbenchError (resource) where that fails; the file is then as it was before
 */
export function writeAtomically(path: string, text: string): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(beside, 'w');
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
    flushFolder(dirname(path));
  } catch (error) {
    rmSync(beside, { force: true });
    throw writeFailure(path, error);
  }
}

/** That a file could not be written; what it was is the cause. */
export function writeFailure(path: string, cause: unknown): PushbenchError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new PushbenchError('resource', code ?? 'WRITE', `could not write into ${dirname(path)}: ${message}`, {
    cause,
  });
}

/** The new name must survive a power failure as well. Not every system can flush a folder; the file itself is safe. */
function flushFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    return;
  }
}

/** Writes a result as its file; it must hold to the schema, or nothing is written. */
export function writeResult(path: string, result: RunResult): void {
  assertSchema(RunResult, result, path, 'defect');
  writeAtomically(path, `${JSON.stringify(result)}\n`);
}

/**
 * Reads a result file.
 *
 * @throws PushbenchError (usage) where it is missing, truncated, of another schema version, or does not hold to the schema
 */
export function readResult(path: string): RunResult {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PushbenchError('usage', 'NO_RESULT', `cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PushbenchError(
      'usage',
      'RESULT_NOT_JSON',
      `${path} is not a whole JSON document (${(error as Error).message}); was it truncated? 'report' can rebuild it from journal.ndjson`,
      { cause: error },
    );
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > SCHEMA_VERSION) {
    throw new PushbenchError(
      'usage',
      'SCHEMA_VERSION',
      `${path} has schema version ${version}, of a newer pushbench; this one reads version ${SCHEMA_VERSION}: update it`,
    );
  }
  if (version !== SCHEMA_VERSION) {
    throw new PushbenchError(
      'usage',
      'SCHEMA_VERSION',
      `${path} has schema version ${JSON.stringify(version) ?? 'none'}; this pushbench reads version ${SCHEMA_VERSION}: name a result of it, or run again`,
    );
  }
  assertSchema(RunResult, value, path, 'usage');
  return value as RunResult;
}

/** @throws PushbenchError naming the place of the first deviation; for `usage`, where it was read, with what to do */
export function assertSchema(schema: TSchema, value: unknown, name: string, reason: 'usage' | 'defect'): void {
  const deviation = schemaDeviation(schema, value);
  if (deviation === null) return;
  const remedy = reason === 'usage' ? '. It is damaged or was edited: restore it, or run again' : '';
  throw new PushbenchError(reason, 'SCHEMA', `${name} does not hold to the result schema at ${deviation}${remedy}`);
}

/**
 * Where a value first deviates from a schema, and how: `/start: must have required property 'command'`. Null where it does not. Of
 * several forms that are allowed, that one is meant which the value comes nearest to.
 */
export function schemaDeviation(schema: TSchema, value: unknown): string | null {
  const validate = validatorOf(schema);
  if (validate(value)) return null;
  const errors = validate.errors ?? [];
  const depth = Math.max(...errors.map(({ instancePath }) => instancePath.split('/').length));
  const error = errors.find(({ instancePath }) => instancePath.split('/').length === depth);
  const { additionalProperty, allowedValue } = (error?.params ?? {}) as Record<string, string | undefined>;
  const what = additionalProperty ?? allowedValue;
  return `${error?.instancePath || '/'}: ${error?.message ?? 'unknown deviation'}${what === undefined ? '' : `: '${what}'`}`;
}

const validators = new Map<TSchema, ReturnType<Ajv['compile']>>();

function validatorOf(schema: TSchema): ReturnType<Ajv['compile']> {
  let validate = validators.get(schema);
  if (!validate) {
    validate = new Ajv({ strict: true }).compile(schema);
    validators.set(schema, validate);
  }
  return validate;
}
