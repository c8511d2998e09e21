import { Buffer } from 'node:buffer';
import { connect, type Socket } from 'node:net';
import { nowUs } from '../../server/clock.ts';
import { newestDue } from '../../server/feed/schedule.ts';
import { Tally } from '../measure/histogram.ts';
import type { CreateDriver } from '../transports/contract.ts';
import type { TransportId } from '../../server/transports/index.ts';
import { pollPhases, PollSchedule } from '../transports/poll-schedule.ts';
import { LONG_POLLING_PATH, pollingPath, SSE_PATH, WEBSOCKET_PATH } from '../transports/routes.ts';

/** As large as the lean drivers' own. */
const READ_BUFFER = Buffer.allocUnsafe(128 * 1024);

/**
 * The control against which load agents are measured: clients that send what the transport asks for and then only read
 * from their sockets. Nothing is parsed, checked, timed or recorded. What a real driver costs beyond this is its own; what
 * this costs is Node's and the kernel's.
 */
export function controlDriver(transport: TransportId): CreateDriver {
  return (options, _recorder, events) => {
    const { clients, host, port, poll, schedule } = options;
    const sockets: (Socket | undefined)[] = Array.from({ length: clients }, () => undefined);
    const head = ` HTTP/1.1\r\nHost: ${host}:${port}\r\n`;
    const upgrade =
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    const first = {
      sse: `GET ${SSE_PATH}${head}Accept: text/event-stream\r\n\r\n`,
      websocket: `GET ${WEBSOCKET_PATH}${head}${upgrade}\r\n`,
      // Without a cursor a long poll waits for the next tick: what came need not be known to ask for more.
      'long-polling': `GET ${LONG_POLLING_PATH.replace('after=', '')}${head}Accept: application/json\r\n\r\n`,
      polling: '',
    }[transport];
    const onRead =
      transport === 'long-polling' ? (client: number) => void sockets[client]!.write(first, 'latin1') : () => undefined;
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
            onRead(client);
            return true;
          },
        },
      });
      sockets[client] = socket;
      socket.on('connect', () => {
        if (first !== '') socket.write(first, 'latin1');
        events.opened(client);
      });
      socket.on('error', () => undefined); // 'close' follows
      socket.on('close', () => {
        if (!stopped) events.dropped(client, 'CLOSED', 'the server closed the connection');
      });
    };

    const latenessUs = new Tally();
    let timer: NodeJS.Timeout | undefined;
    if (transport === 'polling') {
      const due = new PollSchedule(nowUs(), poll.intervalUs, pollPhases(options));
      const path = pollingPath(options);
      const ask = (client: number, dueUs: number) => {
        const socket = sockets[client];
        if (!socket) return;
        latenessUs.record(Math.max(0, nowUs() - dueUs));
        const after = newestDue(schedule, nowUs() - poll.intervalUs);
        socket.write(`GET ${path}${after}${head}Accept: application/json\r\n\r\n`, 'latin1');
      };
      const run = () => {
        due.run(nowUs(), ask);
        timer = setTimeout(run, Math.max(0, Math.min(Math.ceil((due.nextUs() - nowUs()) / 1000), 60_000)));
      };
      run();
    }

    return {
      open,
      stop: () => {
        stopped = true;
        clearTimeout(timer);
        for (const socket of sockets) socket?.resetAndDestroy();
      },
      pollLatenessUs: latenessUs,
    };
  };
}
