import { connect } from 'node:net';

/** Whether somebody listens there who takes the connection in time. */
export function isOpen(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    socket.once('connect', () => {
      // A connection to a free port that happens to go out from that port is one to itself.
      resolve(socket.localPort !== port);
      socket.destroy();
    });
    socket.once('timeout', () => {
      resolve(false);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}
