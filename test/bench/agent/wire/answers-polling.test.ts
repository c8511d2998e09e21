// What a lean polling client makes of answers that are not the feed's: its first answer opens it, so it failed; later it is dropped.
// Never retried, never followed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../../helpers/until.ts';
import { ask, assertEndsAs, dropped, failed, head } from './scripted-server.ts';

for (const id of ['polling', 'long-polling'] as const) {
  describe(id, () => {
    for (const status of [201, 301, 307, 400, 404, 429, 500, 503]) {
      test(`an answer of ${status} is a failed client, whatever else it says`, async (t) => {
        const answer = head(status, 'Location: /', 'Retry-After: 0', 'Content-Length: 2') + '[]';
        await assertEndsAs(t, id, () => answer, failed(`HTTP_${status}`));
      });
    }
    for (const body of ['', '{"seq":1}', '[{"seq":1}', '[1],', 'null', '<html></html>']) {
      test(`an answer of "${body}" is ${body === '' ? 'empty' : 'a failed client'}`, async (t) => {
        const answer = head(200, 'Content-Type: application/json', `Content-Length: ${body.length}`) + body;
        if (body !== '') return assertEndsAs(t, id, () => answer, failed('JSON_ARRAY'));
        const { script, log } = await ask(t, id, () => answer);
        await until(() => (script.sent[0]?.length ?? 0) > 0, 'the next poll');
        assert.deepEqual(log, { opened: 1, failed: [], dropped: [] });
      });
    }
    for (const answer of [
      head(204),
      head(304, 'Content-Length: 9'),
      head(200, 'Transfer-Encoding: chunked') + '2\r\n[]\r\n0\r\nX: y\r\n\r\n',
    ]) {
      test(`an answer of ${JSON.stringify(answer.slice(9, 40))}, and the client asks again on the same connection`, async (t) => {
        for (const pieces of ['whole', 'byte by byte'] as const) {
          const { script, log } = await ask(t, id, () => answer, { pieces });
          await until(
            () => (script.sent[0] ?? Buffer.alloc(0)).toString().startsWith(`GET /feed/${id}?after=`),
            'the next poll',
          );
          assert.deepEqual(log, { opened: 1, failed: [], dropped: [] });
        }
      });
    }
    test('an answer whose length is above what is due is a failed client before any of it is kept', async (t) => {
      const answer = head(200, 'Content-Type: application/json', 'Content-Length: 1000000000') + '[';
      await assertEndsAs(t, id, () => answer, failed('HTTP_BODY_TOO_LARGE'));
    });
    for (const [framing, fields, piece] of [
      ['chunks', ['Transfer-Encoding: chunked'], `4000\r\n${' '.repeat(0x4000)}\r\n`],
      ['bytes', ['Connection: close'], ' '.repeat(0x4000)],
    ] as const) {
      test(`an answer of endless ${framing} is a failed client`, async (t) => {
        const answer = head(200, ...fields) + piece.repeat(256);
        const { log } = await ask(t, id, () => answer);
        await until(() => log.failed.length > 0, 'the end of the client');
        assert.deepEqual(log, failed('HTTP_BODY_TOO_LARGE'));
      });
    }
    for (const [answer, code] of [
      [head(503, 'Content-Length: 0'), 'HTTP_503'],
      [head(200, 'Content-Length: 4') + 'null', 'JSON_ARRAY'],
      [head(200, 'Content-Length: 1000000000') + '[', 'HTTP_BODY_TOO_LARGE'],
    ] as const) {
      test(`a later answer that means ${code} is a dropped client`, async (t) => {
        const { script, log } = await ask(t, id, () => head(204));
        await until(() => (script.sent[0]?.length ?? 0) > 0, 'the next poll');
        script.push(Buffer.from(answer, 'latin1'));
        await until(() => log.dropped.length > 0, 'the end of the client');
        assert.deepEqual(log, dropped(code));
      });
    }
    test('an answer that is cut is a failed client', async (t) => {
      await assertEndsAs(t, id, () => head(200, 'Content-Length: 9') + '[{"', failed('HTTP_TRUNCATED'), true);
    });
  });
}
