import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { encodeUpgradeRequest } from '../../../bench/agent/wire/websocket.ts';

/** A TCP client that sends whatever it is told to and keeps what comes, one character a byte. */
export class RawClient {
  readonly socket: Socket;
  text = '';
  /** The server has ended its side, or reset the connection. */
  ended = false;

  private constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => (this.text += text));
    this.socket.on('end', () => (this.ended = true));
    this.socket.on('close', () => (this.ended = true));
    // A reset is an answer, too; `ended` tells.
    this.socket.on('error', () => undefined);
  }

  /** Connects; ends with the test. */
  static async open(t: TestContext, port: number): Promise<RawClient> {
    const client = new RawClient(port);
    t.after(() => client.socket.destroy());
    await once(client.socket, 'connect');
    return client;
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends a request's head; `fields` are whole lines. */
  request(target: string, fields = '', method = 'GET', version = 'HTTP/1.1'): void {
    this.send(`${method} ${target} ${version}\r\nHost: 127.0.0.1\r\n${fields}\r\n`);
  }

  /** Sends the opening handshake of a WebSocket. */
  upgrade(path = '/feed/websocket'): void {
    this.send(encodeUpgradeRequest({ host: '127.0.0.1', path, key: 'dGhlIHNhbXBsZSBub25jZQ==' }));
  }

  /** Status code of the first response; undefined until it is here. */
  get status(): number | undefined {
    const match = /^HTTP\/1\.1 (\d{3}) /.exec(this.text);
    return match ? Number(match[1]) : undefined;
  }

  /** What came behind the head of the first response. */
  get body(): string {
    const headEnd = this.text.indexOf('\r\n\r\n');
    return headEnd < 0 ? '' : this.text.slice(headEnd + 4);
  }

  /** A field of the first response. */
  field(name: string): string | undefined {
    const head = this.text.slice(0, this.text.indexOf('\r\n\r\n'));
    return new RegExp(`^${name}: *(.*?)\r?$`, 'im').exec(head)?.[1];
  }
}
