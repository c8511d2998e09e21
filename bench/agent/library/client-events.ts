import type { CreateDriver, DriverEvents, DriverOptions } from '../contract.ts';
import type { Recorder } from '../measure/recorder.ts';

/**
 * What a driver reports of one client of a library. Libraries reconnect and tell of one end in several events: each of these
 * reports the first time only, and nothing once the client was given up or the driver has stopped.
 */
export type ClientEvents = {
  readonly opened: () => void;
  /** As dropped where the client was open, else as failed. */
  readonly lost: (code: string, message: string) => void;
  /** Ends the client without a word. */
  readonly close: () => void;
};

/**
 * @param isStopped whether the driver ends its clients itself
 * @param end ends the library's client, so that it does not try again
 */
export function clientEvents(
  client: number,
  events: DriverEvents,
  isStopped: () => boolean,
  end: () => void,
): ClientEvents {
  let isOpen = false;
  let isLost = false;
  return {
    opened: () => {
      if (isOpen || isLost || isStopped()) return;
      isOpen = true;
      events.opened(client);
    },
    lost: (code, message) => {
      if (isLost || isStopped()) return;
      isLost = true;
      if (isOpen) return events.dropped(client, code, message);
      end();
      events.failed(client, code, message);
    },
    close: () => {
      isLost = true;
      end();
    },
  };
}

/** One client of a library. */
export type LibraryClient = {
  readonly options: DriverOptions;
  readonly recorder: Recorder;
  readonly client: number;
  readonly told: Omit<ClientEvents, 'close'>;
};

/**
 * A driver of clients that are pushed to, each a connection of its own.
 *
 * @param connect opens one, and returns what ends it
 */
export function libraryDriver(connect: (one: LibraryClient) => () => void): CreateDriver {
  return (options, recorder, events) => {
    const opened: (ClientEvents | undefined)[] = Array.from({ length: options.clients }, () => undefined);
    let stopped = false;
    return {
      open: (client) => {
        const told = clientEvents(
          client,
          events,
          () => stopped,
          () => end(),
        );
        const end = connect({ options, recorder, client, told });
        opened[client] = told;
      },
      close: (client) => opened[client]?.close(),
      stop: () => {
        stopped = true;
        for (const told of opened) told?.close();
      },
    };
  };
}
