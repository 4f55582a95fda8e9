/** How tests come by a Kubo, with a binary that stands in for it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { findKubo, removeFolder, temporaryFolder } from '#test/support/ipfs.ts';

describe('a Kubo for tests', () => {
  const folder = temporaryFolder();
  const log = join(folder, 'log');
  after(() => removeFolder(folder));

  /** The environment of a machine whose `ipfs` does this. */
  function machine(name: string, daemon: string, init = 'exit 0') {
    const bin = join(folder, name);
    mkdirSync(bin);
    const script = `#!/bin/sh\necho "$*|$IPFS_PATH" >> "${log}"\nif [ "$1" = init ]; then ${init}; fi\n${daemon}\n`;
    writeFileSync(join(bin, 'ipfs'), script, { mode: 0o755 });
    return { PATH: [bin, process.env['PATH'] ?? ''].join(delimiter) };
  }

  it('is the one whose URL is given', async () => {
    expect(await findKubo({ KUBO_RPC_URL: 'http://127.0.0.1:9' })).to.have.property(
      'url',
      'http://127.0.0.1:9',
    );
  });

  it('is started offline with a repository of its own, and leaves nothing', async () => {
    const listening = 'echo "RPC API server listening on /ip4/127.0.0.1/tcp/1234"; exec sleep 600';
    const kubo = await findKubo(machine('good', listening));
    if ('skipped' in kubo) throw new Error(kubo.skipped);
    expect(kubo.url).to.equal('http://127.0.0.1:1234');
    const calls = readFileSync(log, 'utf8').trim().split('\n');
    const [init = '', daemon = ''] = calls.map((call) => call.split('|')[0]);
    const repositories = new Set(calls.map((call) => call.split('|')[1] ?? ''));
    expect([init, daemon]).to.deep.equal(['init --profile=test', 'daemon --offline']);
    expect(repositories.size).to.equal(1);
    const [repository = ''] = repositories;
    expect(existsSync(repository)).to.equal(true);
    await kubo.stop();
    expect(existsSync(repository)).to.equal(false);
  });

  it('is not there without a binary, or where it can not be set up, and it is said why', async () => {
    expect(await findKubo({ PATH: folder }))
      .to.have.property('skipped')
      .that.contains('KUBO_RPC_URL');
    expect(await findKubo(machine('bad', '', 'echo no room >&2; exit 1')))
      .to.have.property('skipped')
      .that.contains('no room');
  });

  it('is an error where it does not come up', async () => {
    let message = '';
    try {
      await findKubo(machine('mute', 'exit 0'));
    } catch (error) {
      message = String(error);
    }
    expect(message).to.contain('ended before it listened');
  });
});
