import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import {
  clientsPerAddress,
  mostClients,
  sourceAddress,
  sourceAddresses,
} from '../../../bench/machine/source-address.ts';
import { ROOT } from '../../helpers/command-line.ts';
import { inNamespace, withoutNamespace } from '../../helpers/namespace.ts';

test('of many addresses each is given a part of its ports; of a sole one all clients are', () => {
  assert.equal(clientsPerAddress([32_768, 60_999], 250), 4000);
  assert.equal(clientsPerAddress([50_000, 50_009], 250), 7);
  assert.equal(clientsPerAddress(null, 250), 4000);
  for (const range of [[50_000, 50_009], null] as const) {
    // the canary's clients count on from those of the cell
    for (const client of [0, 9999, 10_007]) {
      assert.equal(sourceAddress('127.0.0.1', client, clientsPerAddress(range, 1)), undefined);
    }
  }
});

test('what all addresses carry', () => {
  assert.equal(mostClients([50_000, 50_009], 250), 1750);
  assert.equal(mostClients([40_000, 40_099], 1), 84);
  assert.equal(mostClients([1, 2], 1), 0);
});

test('clients go from one address to the next, on loopback only', () => {
  assert.equal(sourceAddress('127.0.0.1', 3999, 4000), undefined);
  assert.equal(sourceAddress('127.0.0.1', 4000, 4000), '127.0.0.2');
  assert.equal(sourceAddress('127.0.0.1', 4000 * 250, 4000), undefined);
  assert.equal(sourceAddress('10.0.0.1', 4000, 4000), undefined);
});

test('beyond loopback there is one', async () => {
  assert.equal(await sourceAddresses('10.0.0.1'), 1);
  assert.equal(await sourceAddresses('::1'), 1);
});

/** As macOS has it, and some containers. */
const SOLE = ['ip addr add 127.0.0.1/32 dev lo', 'ip link set lo up', 'ip addr del 127.0.0.1/8 dev lo || true'];

test('the addresses of loopback are tried, not assumed', { skip: withoutNamespace(['net'], ...SOLE) }, () => {
  const program = `
    import { sourceAddresses } from './bench/machine/source-address.ts';
    console.log(await sourceAddresses('127.0.0.1'));`;
  const found = (...lines: string[]) => {
    const [command, ...args] = [
      ...inNamespace(['net'], ...lines),
      process.execPath,
      '--input-type=module',
      '-e',
      program,
    ];
    const { stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
    return stdout.trim() || stderr;
  };
  assert.equal(found('ip link set lo up'), '250');
  assert.equal(found(...SOLE), '1');
});
