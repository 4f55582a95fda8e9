/** Keystores: those of others open, ours are what the standard says, wrong passwords are refused. */
import {
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecipheriv, scryptSync } from 'node:crypto';
import { expect } from 'chai';
import { computeAddress, encryptKeystoreJsonSync } from 'ethers';
import { password } from '#cli/commands/keys.ts';
import { createKeystore, keystoreAddress, openKeystore } from '#cli/keystore.ts';
import { TributaryError } from '#crypto/error.ts';
import { inProcess } from './program.ts';

/** Made by ethers' own JavaScript, with little work: another program's keystore. */
const foreignKey = `0x${'7a28b5ba57c53603b0b07b56bba752f7'.repeat(2)}`;
const foreign = encryptKeystoreJsonSync(
  { address: computeAddress(foreignKey), privateKey: foreignKey },
  'testpassword',
  { scrypt: { N: 1024, r: 8, p: 1 } },
);

type Sealed = Readonly<{
  cipher: string;
  cipherparams: Readonly<{ iv: string }>;
  ciphertext: string;
  kdfparams: Readonly<{ n: number; r: number; p: number; salt: string; dklen: number }>;
}>;

describe('a keystore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-keystore-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);

  it('of another program opens with its password', async () => {
    writeFileSync(path('foreign.json'), foreign);
    const wallet = await openKeystore(path('foreign.json'), 'testpassword');
    expect(wallet.privateKey).to.equal(foreignKey);
  });

  it('of ours holds what it says, by the words of the standard, and is for its owner alone', async () => {
    const wallet = await createKeystore(path('ours.json'), 'pass word');
    const { version, Crypto: sealed } = JSON.parse(readFileSync(path('ours.json'), 'utf8')) as {
      version: number;
      Crypto: Sealed;
    };
    const { n: N, r, p, salt, dklen } = sealed.kdfparams;
    const key = scryptSync('pass word', Buffer.from(salt, 'hex'), dklen, { N, r, p, maxmem: 2 ** 29 });
    const iv = Buffer.from(sealed.cipherparams.iv, 'hex');
    const opened = createDecipheriv(sealed.cipher, key.subarray(0, 16), iv).update(
      sealed.ciphertext,
      'hex',
      'hex',
    );
    expect(version).to.equal(3);
    expect(N).to.be.at.least(131_072);
    expect(`0x${opened}`).to.equal(wallet.privateKey);
    expect(keystoreAddress(path('ours.json'))).to.equal(computeAddress(wallet.privateKey).toLowerCase());
    expect(statSync(path('ours.json')).mode & 0o777).to.equal(0o600);
  });

  const codeOf = (doing: Promise<unknown>) =>
    doing.then(
      () => 'done',
      (error: unknown) => (error instanceof TributaryError ? error.code : String(error)),
    );

  it('does not open with another password, and is never overwritten', async () => {
    writeFileSync(path('again.json'), foreign);
    expect(await codeOf(openKeystore(path('again.json'), 'test'))).to.equal('keystore/wrong-password');
    expect(await codeOf(createKeystore(path('again.json'), 'test'))).to.equal('keystore/exists');
    expect(await codeOf(openKeystore(path('none.json'), 'test'))).to.equal('keystore/missing');
    expect(readFileSync(path('again.json'), 'utf8')).to.equal(foreign);
  });

  it('goes under another password, whole or not at all, and a link to it goes on leading there', async () => {
    const { address, privateKey } = await createKeystore(path('mine.json'), 'old one');
    symlinkSync(path('mine.json'), path('link.json'));
    writeFileSync(path('old.txt'), 'old one\n');
    writeFileSync(path('new.txt'), 'new one\n');
    writeFileSync(path('empty.txt'), '\n');
    const change = (passwordFile: string, newPasswordFile: string, name = 'link.json') =>
      inProcess(() =>
        password(
          {
            home: folder,
            json: true,
            passwordFile: path(passwordFile),
            newPasswordFile: path(newPasswordFile),
          },
          path(name),
        ),
      );
    const before = readFileSync(path('mine.json'), 'utf8');
    expect(await codeOf(change('new.txt', 'new.txt'))).to.equal('keystore/wrong-password');
    expect(await codeOf(change('old.txt', 'empty.txt'))).to.equal('keystore/empty-password');
    expect(await codeOf(change('old.txt', 'new.txt', 'none.json'))).to.equal('keystore/missing');
    expect(readFileSync(path('mine.json'), 'utf8')).to.equal(before);

    expect((await change('old.txt', 'new.txt')).last).to.include({
      event: 'password',
      address: address.toLowerCase(),
    });
    expect((await openKeystore(path('mine.json'), 'new one')).privateKey).to.equal(privateKey);
    expect(await codeOf(openKeystore(path('mine.json'), 'old one'))).to.equal('keystore/wrong-password');
    expect(statSync(path('mine.json')).mode & 0o777).to.equal(0o600);
    expect(lstatSync(path('link.json')).isSymbolicLink()).to.equal(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('mine.json.'))).to.deep.equal([]);
  }).timeout(60_000);
});
