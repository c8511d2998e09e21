import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { once } from 'node:events';
import { parseLimits } from '../../../server/open-files.ts';
import { LOOPBACK } from '../../../bench/machine/address.ts';
import { PushbenchError } from '../../../bench/basics/errors.ts';
import {
  filesNeeded,
  preflightNotes,
  preflightProblems,
  probeMachine,
  throwProblems,
  type Facts,
  type Needs,
} from '../../../bench/run/preflight.ts';

const NEEDS: Needs = { clients: 1000, agents: 1, serverWorkers: 1, port: 0, address: LOOPBACK, directory: '/r/x' };
const ENOUGH: Facts = {
  openFiles: 20_000,
  portRange: [32_768, 60_999],
  sourceAddresses: 250,
  cores: 2,
  portError: null,
  freePort: null,
  existing: '/r',
  writeError: null,
  freeBytes: 1e12,
};

const problems = (needs: Partial<Needs>, facts: Partial<Facts>) =>
  preflightProblems({ ...NEEDS, ...needs }, { ...ENOUGH, ...facts });

function theOnly(needs: Partial<Needs>, facts: Partial<Facts>) {
  const found = problems(needs, facts);
  assert.equal(found.length, 1, JSON.stringify(found));
  return found[0]!;
}

describe('what a run needs', () => {
  it('is there on a usual machine', () => {
    assert.deepEqual(problems({}, {}), []);
    assert.deepEqual(problems({}, { openFiles: null, portRange: null, freeBytes: null }), []);
    assert.deepEqual(problems({ clients: 1_000_000 }, { openFiles: Number.POSITIVE_INFINITY }), []);
  });

  it('is a file a connection on both sides, and some more where the kernel shares them out', () => {
    assert.deepEqual(filesNeeded({ clients: 10_000, agents: 3, serverWorkers: 1 }), { server: 10_064, agent: 3398 });
    assert.deepEqual(filesNeeded({ clients: 10_000, agents: 1, serverWorkers: 4 }), { server: 2789, agent: 10_064 });
    assert.equal(filesNeeded({ clients: 10, agents: 1, serverWorkers: 4 }).server, 74);
  });

  it('is memory for each tick of each client, of which no more than half of what is free is taken', () => {
    const needs = { clients: 10_000, ticks: 429_504, agents: 1 };
    const bytes = (10_000 * 429_504) / 8 + 429_504 * 64;
    assert.deepEqual(problems(needs, { memoryBytes: 2 * bytes }), []);
    const { code, message } = theOnly(needs, { memoryBytes: 2 * bytes - 2 });
    assert.equal(code, 'MEMORY');
    assert.match(message, /10,000 clients and 429,504 ticks.*--duration/);
  });

  it('is checked at its exact limit', () => {
    assert.deepEqual(problems({}, { openFiles: 1064 }), []);
    assert.equal(problems({}, { openFiles: 1063 }).length, 1);
  });

  it('comes with the exact remedy where files lack', () => {
    const { code, message } = theOnly({ clients: 10_000 }, { openFiles: 4096 });
    assert.equal(code, 'OPEN_FILES');
    for (const part of ['10,000 clients', '10,064', '4,096', "'ulimit -n 10064'", "'--server-workers 3 --agents 3'"]) {
      assert.ok(message.includes(part), `${part} is not in: ${message}`);
    }
  });

  it('names processes that indeed suffice', () => {
    for (const clients of [2000, 10_000, 99_999]) {
      const { message } = theOnly({ clients }, { openFiles: 1024 + 4 * 64 });
      const [, workers, agents] = /--server-workers (\d+) --agents (\d+)/.exec(message) ?? [];
      if (workers === undefined) continue;
      const spread = { clients, serverWorkers: Number(workers), agents: Number(agents) };
      assert.deepEqual(problems(spread, { openFiles: 1024 + 4 * 64 }), [], message);
    }
  });

  it('does not name processes where no number of them suffices', () => {
    assert.doesNotMatch(theOnly({ clients: 1_000_000 }, { openFiles: 1000 }).message, /--server-workers/);
  });

  it('asks for ports only beyond what all source addresses have', () => {
    // seven tenths of ten ports, from each of 250 addresses
    assert.deepEqual(problems({ clients: 1750 }, { portRange: [50_000, 50_009] }), []);
    const { code, message } = theOnly({ clients: 1751 }, { portRange: [50_000, 50_009] });
    assert.equal(code, 'PORTS');
    assert.match(message, /10 ports.*7 are used from each of 250.*1,750 connections.*ip_local_port_range/);
  });

  it('has but one source address beyond loopback', () => {
    const address = { listen: '10.0.0.1', aim: '10.0.0.1' };
    const facts = { sourceAddresses: 1, portRange: [50_000, 50_099] } as const;
    assert.deepEqual(problems({ clients: 84, address }, facts), []);
    assert.match(theOnly({ clients: 85, address }, facts).message, /aim at loopback/);
  });

  it('uses all ports of a loopback that has but one address, and says how many clients that carries', () => {
    const facts = { sourceAddresses: 1, portRange: [40_000, 40_099] } as const;
    assert.deepEqual(problems({ clients: 84 }, facts), []);
    const { code, message } = theOnly({ clients: 100 }, facts);
    assert.equal(code, 'PORTS');
    assert.match(message, /100 ports .*the only source address, which makes 84 connections.*127\.0\.0\.1\/8/);
    // the usual range: far more than one of many addresses is given
    assert.deepEqual(problems({ clients: 20_000 }, { sourceAddresses: 1, openFiles: 30_000 }), []);
  });

  it('counts one address where a library does not let its clients choose theirs', () => {
    const facts = { openFiles: 40_000 };
    const withoutAddress = ['eventsource'];
    assert.deepEqual(problems({ clients: 30_000 }, facts), []);
    assert.deepEqual(problems({ clients: 28_216, withoutAddress }, facts), []);
    const { code, message } = theOnly({ clients: 30_000, withoutAddress }, facts);
    assert.equal(code, 'PORTS');
    assert.match(message, /only source address that eventsource can take, which makes 28,216 conn.*--driver lean/);
  });

  it('names the port that is taken and one that is free', () => {
    const { code, message } = theOnly({ port: 8080 }, { portError: 'EADDRINUSE', freePort: 8123 });
    assert.equal(code, 'PORT_TAKEN');
    assert.match(message, /--port 8080.*EADDRINUSE.*--port 8123/);
    assert.equal(theOnly({ port: 80 }, { portError: 'EACCES', freePort: 8123 }).code, 'PORT_DENIED');
    assert.equal(theOnly({ port: 80 }, { portError: 'EINVAL' }).code, 'PORT_UNUSABLE');
    const elsewhere = { listen: '192.0.2.1', aim: '192.0.2.1' };
    const { code: foreign, message: which } = theOnly({ address: elsewhere }, { portError: 'EADDRNOTAVAIL' });
    assert.equal(foreign, 'NOT_OUR_ADDRESS');
    assert.match(which, /--host 192\.0\.2\.1: not an address of this machine/);
  });

  it('names the folder that cannot be written, or is on a full disk', () => {
    assert.match(theOnly({}, { writeError: 'EROFS' }).message, /\/r\/x \(below \/r\): EROFS.*--out DIR/);
    const { code, message } = theOnly({}, { freeBytes: 1024 ** 2 });
    assert.equal(code, 'DISK_FULL');
    assert.match(message, /1\.00 MiB free.*50\.0 MiB/);
  });

  it('is told all at once, with the exit code of a resource', () => {
    const found = problems({ port: 1, clients: 50_000 }, { portError: 'EACCES', freeBytes: 1, portRange: [1, 2] });
    assert.deepEqual(
      found.map((problem) => problem.code),
      ['OPEN_FILES', 'PORTS', 'PORT_DENIED', 'DISK_FULL'],
    );
    assert.throws(
      () => throwProblems(found),
      (error: unknown) => {
        assert.ok(error instanceof PushbenchError);
        assert.equal(error.reason, 'resource');
        assert.ok(found.every((problem) => error.message.includes(problem.message)));
        return true;
      },
    );
    throwProblems([]);
  });

  it('is noted where processes share cores', () => {
    assert.deepEqual(preflightNotes(NEEDS, ENOUGH), []);
    assert.match(preflightNotes({ ...NEEDS, agents: 4 }, ENOUGH)[0]!, /1 server and 4 agent processes share 2 cores/);
    // eight cores that may be kept busy two at a time
    const within = { ...ENOUGH, cores: 8, quotaCores: 2.5 };
    assert.deepEqual(preflightNotes(NEEDS, within), []);
    assert.match(
      preflightNotes({ ...NEEDS, agents: 2 }, within)[0]!,
      /share the CPU time of 2\.5.* cores, a control group's quota/,
    );
  });

  it('is noted where a listen queue is shorter than what is opened at once', () => {
    const notes = (needs: Partial<Needs>, held: number | null) =>
      preflightNotes({ ...NEEDS, ...needs }, { ...ENOUGH, cores: 8, listenQueue: held });
    assert.deepEqual(notes({}, 512), []);
    assert.deepEqual(notes({}, null), []);
    assert.match(
      notes({}, 511)[0]!,
      /holds 511 connections \(net\.core\.somaxconn\), and up to 512 are opened at once/,
    );
    assert.deepEqual(notes({ clients: 128 }, 128), []);
    assert.equal(notes({ clients: 129 }, 128).length, 1);
    assert.match(notes({ clients: 5000, agents: 2 }, 1000)[0]!, /up to 1,024/);
    assert.deepEqual(notes({ clients: 5000, agents: 2, serverWorkers: 2 }, 512), []);
  });

  it('is noted where other programs take the CPU', () => {
    const notes = (share: number) =>
      preflightNotes(NEEDS, { ...ENOUGH, others: { share, programs: [{ name: 'cc1plus', cores: 0.9 }] } });
    assert.deepEqual(notes(0.1), []);
    assert.deepEqual(notes(0.45), [
      'other programs take 45.0 % of the CPU (cores each keeps busy: cc1plus 0.90): end them, or trials are marked OTHER_PROGRAMS and their figures are partly theirs',
    ]);
    assert.deepEqual(preflightNotes(NEEDS, { ...ENOUGH, others: null }), []);
  });

  it('is noted where gates have nothing to look at', () => {
    const notes = preflightNotes(NEEDS, { ...ENOUGH, unseen: ['THROTTLED', 'SWAPPING'] });
    assert.deepEqual(notes, [
      'this system does not tell what THROTTLED, SWAPPING would be judged by: no gate looks at it',
    ]);
  });
});

async function temporary(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'pushbench-preflight-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('the probe', () => {
  it('reads the limit of open files', () => {
    const text = (soft: string) => `Limit   Soft Limit  Hard Limit  Units\nMax open files    ${soft}   20000   files\n`;
    assert.equal(parseLimits(text('1024')), 1024);
    assert.equal(parseLimits(text('unlimited')), Number.POSITIVE_INFINITY);
    assert.equal(parseLimits('nonsense'), null);
  });

  it('looks at this machine and makes nothing', async (t) => {
    const directory = await temporary(t);
    const facts = await probeMachine({ ...NEEDS, directory: join(directory, 'a', 'b') });
    assert.equal(facts.existing, directory);
    assert.equal(facts.writeError, null);
    assert.ok(facts.freeBytes! > 0);
    assert.ok(facts.openFiles! >= 64);
    assert.ok(facts.cores >= 1);
    assert.deepEqual(await readdir(directory), []);
  });

  it('finds a port that is taken, and another that is not', async (t) => {
    const directory = await temporary(t);
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const facts = await probeMachine({ ...NEEDS, port, directory });
    assert.equal(facts.portError, 'EADDRINUSE');
    assert.ok(facts.freePort !== null && facts.freePort !== port);
  });

  it('lets go of a port that is free', async (t) => {
    const directory = await temporary(t);
    const { port } = await new Promise<AddressInfo>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address() as AddressInfo;
        server.close(() => resolve(address));
      });
    });
    for (let i = 0; i < 2; i++) assert.equal((await probeMachine({ ...NEEDS, port, directory })).portError, null);
  });

  it('finds a file where a folder should be', async (t) => {
    const directory = await temporary(t);
    await writeFile(join(directory, 'file'), '');
    for (const path of ['file', 'file/below/it']) {
      assert.equal((await probeMachine({ ...NEEDS, directory: join(directory, path) })).writeError, 'ENOTDIR', path);
    }
  });

  it('finds a folder that may not be written to', { skip: process.getuid?.() === 0 && 'root may' }, async (t) => {
    const directory = await temporary(t);
    await chmod(directory, 0o500);
    assert.equal((await probeMachine({ ...NEEDS, directory: join(directory, 'x') })).writeError, 'EACCES');
  });
});
