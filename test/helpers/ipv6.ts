import { networkInterfaces } from 'node:os';

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');

/** Why a test that needs `::1` is skipped; false where it need not be. */
export const withoutIPv6: string | false = hasIPv6 ? false : 'this machine has no IPv6 loopback';
