import type { DriverEvents } from '../contract.ts';

/**
 * What a driver reports of one client of a library. Libraries reconnect and tell of one end in several events: each of these
 * reports the first time only, and nothing once the driver has stopped.
 */
export type ClientEvents = {
  readonly opened: () => void;
  /** As dropped where the client was open, else as failed. */
  readonly lost: (code: string, message: string) => void;
  readonly isOpen: boolean;
};

/** @param isStopped whether the driver ends its clients itself */
export function clientEvents(client: number, events: DriverEvents, isStopped: () => boolean): ClientEvents {
  let isOpen = false;
  let isLost = false;
  return {
    opened: () => {
      if (isOpen || isStopped()) return;
      isOpen = true;
      events.opened(client);
    },
    lost: (code, message) => {
      if (isLost || isStopped()) return;
      isLost = true;
      if (isOpen) events.dropped(client, code, message);
      else events.failed(client, code, message);
    },
    get isOpen() {
      return isOpen;
    },
  };
}
