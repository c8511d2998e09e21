import type { Server, Socket } from 'node:net';

/** What went over a server's sockets since its start, closed connections included. */
export type ConnectionTotals = { open: number; accepted: number; bytesSent: number; bytesReceived: number };

/**
 * Counts connections and bytes at the server's sockets, below every transport: heads, frames and chunks included.
 * Costs nothing per message; {@link ConnectionCounter.totals} walks the open sockets.
 */
export class ConnectionCounter {
  readonly #open = new Set<Socket>();
  #accepted = 0;
  #closedSent = 0;
  #closedReceived = 0;

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#accepted++;
      this.#open.add(socket);
      socket.once('close', () => {
        this.#open.delete(socket);
        this.#closedSent += socket.bytesWritten;
        this.#closedReceived += socket.bytesRead;
      });
    });
  }

  totals(): ConnectionTotals {
    let bytesSent = this.#closedSent;
    let bytesReceived = this.#closedReceived;
    for (const socket of this.#open) {
      bytesSent += socket.bytesWritten;
      bytesReceived += socket.bytesRead;
    }
    return { open: this.#open.size, accepted: this.#accepted, bytesSent, bytesReceived };
  }

  /** Cuts whoever is still connected. */
  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
