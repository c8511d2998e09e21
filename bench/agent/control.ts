import { connect, type Socket } from 'node:net';
import { nowUs } from '../../server/clock.ts';
import { newestDue } from '../../server/feed/schedule.ts';
import { TRAITS, type TransportId, type TransportTraits } from '../../server/transports/traits.ts';
import type { CreateDriver } from './contract.ts';
import { READ_BUFFER } from './lean-socket.ts';
import { AFTER, pollingPath } from './routes.ts';
import { atOnce, everyInterval, type CreateTurns, type Turns } from './turns.ts';

const UPGRADE =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

const TURNS: Readonly<Record<TransportTraits['asks'], CreateTurns | null>> = {
  interval: everyInterval,
  'at-once': atOnce,
  never: null,
};

/**
 * The control against which load agents are measured: clients that send what the transport asks for and then only read
 * from their sockets. Nothing is parsed, checked, timed or recorded. What a real driver costs beyond this is its own; what
 * this costs is Node's and the kernel's.
 */
export function controlDriver(transport: TransportId): CreateDriver {
  return (options, _recorder, events) => {
    const { clients, host, port, schedule } = options;
    const sockets: (Socket | undefined)[] = Array.from({ length: clients }, () => undefined);
    const head = ` HTTP/1.1\r\nHost: ${host}:${port}\r\n`;
    const tail = `${head}Accept: application/json\r\n\r\n`;
    const pollPath = pollingPath(options).replace(AFTER, '');
    const { asks } = TRAITS[transport];
    // Without a cursor a long poll waits for the next tick: what came need not be known to ask for more.
    const pushed = transport === 'websocket' ? `${UPGRADE}\r\n` : 'Accept: */*\r\n\r\n';
    const request = asks === 'interval' ? null : `GET ${options.path}${asks === 'never' ? `${head}${pushed}` : tail}`;
    const poll = () => `GET ${pollPath}${newestDue(schedule, nowUs() - options.poll.intervalUs)}${tail}`;
    const ask = (client: number) => void sockets[client]!.write(request ?? poll(), 'latin1');
    const turns: Turns | undefined = TURNS[asks]?.(options, ask);
    const closed = new Set<number>();
    let stopped = false;

    const open = (client: number) => {
      const localAddress = options.sourceAddress(client);
      const socket = connect({
        host,
        port,
        noDelay: true,
        ...(localAddress === undefined ? {} : { localAddress }),
        onread: {
          buffer: READ_BUFFER,
          callback: () => {
            turns?.free(client);
            return true;
          },
        },
      });
      sockets[client] = socket;
      let isOpen = false;
      socket.on('connect', () => {
        isOpen = true;
        if (turns) turns.free(client);
        else ask(client);
        events.opened(client);
      });
      socket.on('error', () => undefined); // 'close' follows
      socket.on('close', () => {
        if (stopped || closed.has(client)) return;
        if (isOpen) events.dropped(client, 'CLOSED', 'the server closed the connection');
        else events.failed(client, 'CLOSED', 'the connection could not be made');
      });
    };

    return {
      open,
      close: (client) => {
        closed.add(client);
        sockets[client]?.resetAndDestroy();
      },
      begin: () => turns?.begin(),
      stop: () => {
        stopped = true;
        turns?.stop();
        for (const socket of sockets) socket?.resetAndDestroy();
      },
      ...(turns?.latenessUs ? { pollLatenessUs: turns.latenessUs } : {}),
    };
  };
}
