/** Where a coordinator's certificate is named, and which name counts. docs/tls.md */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { readTlsFiles } from '#cli/coordinator-tls.ts';
import { codeOf } from './program.ts';

describe('the files of a certificate', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tributary-tls-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const env = { TRIBUTARY_TLS_CERT: 'env/c.pem', TRIBUTARY_TLS_KEY: 'env/k.pem' };
  const flags = { tlsCert: 'flag/c.pem', tlsKey: 'flag/k.pem' };

  it('are the flags’ over the environment’s over the home’s, from where each is meant', () => {
    expect(readTlsFiles({ home }, {}, {})).to.equal(null);
    writeFileSync(join(home, 'tributary.yaml'), 'tls: { cert: own/c.pem, key: /etc/k.pem }\n');
    const empty = { TRIBUTARY_TLS_CERT: '', TRIBUTARY_TLS_KEY: '' };
    expect(readTlsFiles({ home }, {}, empty)).to.deep.equal({
      cert: join(home, 'own/c.pem'),
      key: '/etc/k.pem',
    });
    expect(readTlsFiles({ home }, {}, env)).to.deep.equal({
      cert: resolve('env/c.pem'),
      key: resolve('env/k.pem'),
    });
    expect(readTlsFiles({ home }, flags, env)).to.deep.equal({
      cert: resolve('flag/c.pem'),
      key: resolve('flag/k.pem'),
    });
  });

  it('come in pairs, both from one place', async () => {
    const refused = (options: object, from: Record<string, string>) =>
      codeOf(() => readTlsFiles({ home }, options, from));
    expect(await refused({ tlsCert: 'c.pem' }, env)).to.equal('settings/tls');
    expect(await refused({}, { TRIBUTARY_TLS_KEY: 'k.pem' })).to.equal('settings/tls');
    writeFileSync(join(home, 'tributary.yaml'), 'tls: { cert: c.pem }\n');
    expect(await refused({}, {})).to.equal('settings/bad-file');
  });
});
