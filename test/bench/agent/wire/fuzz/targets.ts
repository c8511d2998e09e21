import { cursor } from './cursor.ts';
import { httpResponse } from './http-response.ts';
import { jsonArray } from './json-array.ts';
import { ndjson } from './ndjson.ts';
import { sse } from './sse.ts';
import type { FuzzTarget } from './target.ts';
import { websocket } from './websocket.ts';

/** Every parser that reads what strangers send. */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [sse, websocket, httpResponse, jsonArray, ndjson, cursor];
