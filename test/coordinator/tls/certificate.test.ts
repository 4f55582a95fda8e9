/** What a server shows by TLS is found to be a pair before it is shown, and said to be out of date. docs/tls.md */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { readPair } from '#coordinator/tls/certificate.ts';
import { keepCertificate } from '#coordinator/tls/keep.ts';
import { codeOf } from '../code-of.ts';
import { memoryLog } from '../fakes.ts';
import { newFolder, removeFolder } from '../store/folder.ts';
import { certificate, install, type Made } from './certificates.ts';

const DAY = 86_400_000;

describe('a certificate and its key', () => {
  let folder: string;
  let [first, other]: [Made, Made] = [
    { cert: '', key: '' },
    { cert: '', key: '' },
  ];
  before(async () => {
    [first, other] = await Promise.all([certificate('first'), certificate('other')]);
  });
  beforeEach(async () => (folder = await newFolder()));
  afterEach(() => removeFolder(folder));

  it('are a pair, with the chain after the certificate', async () => {
    const files = await install(folder, { cert: first.cert + other.cert, key: first.key });
    const { fingerprint, validTo } = await readPair(files);
    expect(fingerprint).to.match(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(validTo.getTime() - Date.now()).to.be.within(59 * DAY, 61 * DAY);
  });

  it('are refused by what is wrong, without a word of the key', async () => {
    const refused = async (made: Made) => codeOf(readPair(await install(folder, made)));
    expect(await refused({ cert: first.cert, key: other.key })).to.equal('tls/key-mismatch');
    expect(await refused({ cert: other.cert + first.cert, key: first.key })).to.equal('tls/key-mismatch');
    expect(await refused({ cert: 'nothing', key: first.key })).to.equal('tls/bad-certificate');
    expect(await refused({ cert: first.cert, key: first.cert })).to.equal('tls/bad-key');
    const broken = first.key.replace(/\n[A-Za-z0-9+/]{20}/, '\nSECRETSECRETSECRETSE');
    const failure = await readPair(await install(folder, { cert: first.cert, key: broken })).catch(
      (error: unknown) => error,
    );
    expect(failure)
      .to.have.property('code')
      .that.matches(/^tls\/(bad-key|key-mismatch)$/);
    expect(inspect(failure, { depth: 9 })).not.to.contain('SECRETSECRET');
  });

  it('are files that can be read, the key not by everybody', async () => {
    const files = await install(folder, first);
    expect(await codeOf(readPair({ ...files, cert: join(folder, 'none.pem') }))).to.equal('tls/unreadable');
    for (const [mode, code] of [
      [0o600, 'resolved'],
      [0o640, 'resolved'],
      [0o644, 'tls/exposed-key'],
      [0o602, 'tls/exposed-key'],
    ] as const) {
      await chmod(files.key, mode);
      expect(await codeOf(readPair(files)), mode.toString(8)).to.equal(code);
    }
    await writeFile(files.cert, 'x'.repeat(1024 * 1024 + 1));
    await chmod(files.key, 0o600);
    expect(await codeOf(readPair(files))).to.equal('tls/unreadable');
  });

  it('are said to end before they do, once they have, and before they begin', async () => {
    const said = async (now: number): Promise<string[]> => {
      const log = memoryLog();
      (await keepCertificate(await install(folder, first), log, () => now)).close();
      return log.lines.map(({ level, message }) => `${level}: ${message}`);
    };
    const now = Date.now();
    expect(await said(now + DAY)).to.deep.equal([]);
    expect(await said(now + 50.5 * DAY)).to.deep.equal(['warn: the TLS certificate expires in 10 days']);
    expect(await said(now + 61 * DAY)).to.deep.equal([
      'warn: the TLS certificate has expired: clients refuse it',
    ]);
    expect(await said(now - DAY)).to.deep.equal(['warn: the TLS certificate is not valid yet']);
  });
});
