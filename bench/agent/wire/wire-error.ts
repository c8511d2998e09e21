/** What made a byte stream unusable; the prefix names the parser that found it. */
export type WireErrorCode =
  | 'HTTP_STATUS_LINE'
  | 'HTTP_VERSION'
  | 'HTTP_HEADER'
  | 'HTTP_OBS_FOLD'
  | 'HTTP_HEAD_TOO_LARGE'
  | 'HTTP_CONTENT_LENGTH'
  | 'HTTP_TRANSFER_ENCODING'
  | 'HTTP_CHUNK_SIZE'
  | 'HTTP_CHUNK_LINE_TOO_LARGE'
  | 'HTTP_CHUNK_END'
  | 'HTTP_TRAILER'
  | 'HTTP_TRAILERS_TOO_LARGE'
  | 'HTTP_UNEXPECTED_DATA'
  | 'HTTP_TRUNCATED'
  | 'SSE_TOO_LARGE'
  | 'NDJSON_TOO_LARGE'
  | 'WS_RESERVED_BITS'
  | 'WS_OPCODE'
  | 'WS_FRAGMENTATION'
  | 'WS_MASKED'
  | 'WS_CONTROL_FRAME'
  | 'WS_CLOSE_CODE'
  | 'WS_INVALID_UTF8'
  | 'WS_TOO_LARGE'
  | 'WS_REQUEST'
  | 'WS_UPGRADE'
  | 'WS_ACCEPT'
  | 'WS_EXTENSION'
  | 'WS_SUBPROTOCOL'
  | 'JSON_ARRAY';

/** The peer sent bytes that break the protocol, or a limit of ours; the stream is unusable from there on. */
export class WireError extends Error {
  override readonly name: string = 'WireError';
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
