/** Sign-in with Ethereum over the real service and the real database. EIP-4361 */
import { expect } from 'chai';
import { Interface, SigningKey, hashMessage } from 'ethers';
import { announce } from '#coordinator/round/announced.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { toAddress, toSeconds, type Hex } from '#protocol/units.ts';
import { cohort, digestOfText } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { rulesOf } from '../fixtures.ts';
import { serve, type Service } from '../http/service.ts';
import { addressOf, personalSignature, signedMessage, signInAs, type Bent } from './signing-in.ts';

const members = cohort({ n: 3 });
const key = new SigningKey(digestOfText('an account'));
const stranger = new SigningKey(digestOfText('stranger'));
const wallet = toAddress(`0x${'5a'.repeat(20)}`);
const erc1271 = new Interface(['function isValidSignature(bytes32, bytes) view returns (bytes4)']);

describe('signing in', () => {
  let service: Service;
  let contract: (data: string) => Promise<string> = () => Promise.resolve('0x');
  before(async () => {
    service = await serve(members, announce(rulesOf(members)), {}, {}, ({ data }) => contract(String(data)));
  });
  after(() => service.stop());

  const refusal = async (bent: Bent) => codeOf(service.api.signIn(await signedMessage(service, key, bent)));
  const later = (seconds: number) => toSeconds(service.clock.now() + seconds);
  const time = (seconds: number) => new Date(later(seconds) * 1000).toISOString();

  it('gives a token for the scopes that were asked for, for a quarter of an hour', async () => {
    const now = service.clock.now();
    const tokens = await signInAs(service, key, ['account:read', 'evidence:read']);
    expect(tokens.scopes).to.deep.equal(['account:read', 'evidence:read']);
    expect(tokens.expiresAt).to.equal(now + 900);
    expect(await service.api.account(tokens.accessToken)).to.deep.equal({
      subject: addressOf(key),
      credential: 'access',
      scopes: ['account:read', 'evidence:read'],
      expiresAt: now + 900,
      caveats: [
        { kind: 'scope', scopes: ['account:read', 'evidence:read'] },
        { kind: 'expires', at: now + 900 },
      ],
    });
  });

  it('takes a nonce once, also of many who use it at the same time', async () => {
    const signed = await signedMessage(service, key);
    const codes = await Promise.all(Array.from({ length: 8 }, () => codeOf(service.api.signIn(signed))));
    expect(codes.sort()).to.deep.equal([...Array<string>(7).fill('auth/nonce'), 'resolved']);
  });

  it('takes no nonce that it did not give, nor one that is too old', async () => {
    expect(await refusal({ changes: { nonce: 'abcdefgh12345678' } })).to.equal('auth/nonce');
    const signed = await signedMessage(service, key, { changes: { issuedAt: later(100) } });
    service.clock.set(later(601));
    expect(await codeOf(service.api.signIn(signed))).to.equal('auth/nonce');
  });

  it('does not use up the nonce of a message that it refuses', async () => {
    const signed = await signedMessage(service, key);
    const wrong = { ...signed, signature: personalSignature(stranger, signed.message) };
    expect(await codeOf(service.api.signIn(wrong))).to.equal('auth/signature');
    expect(await codeOf(service.api.signIn(signed))).to.equal('resolved');
  });

  it('is not begun for another place than where the coordinator was reached', async () => {
    const { port } = new URL(service.url);
    const elsewhere = coordinatorApi(`http://localhost:${port}`);
    expect(await codeOf(elsewhere.nonce())).to.equal('auth/other-url');
    expect(await codeOf(coordinatorApi(`${service.url}/`).nonce())).to.equal('resolved');
  });

  const host = () => new URL(service.url).host;
  const elsewhere: Readonly<Record<string, () => Bent>> = {
    'for another host': () => ({ edit: (text) => text.replace(host(), 'evil.example') }),
    'for another port': () => ({ edit: (text) => text.replace(host(), '127.0.0.1:1') }),
    'by another scheme': () => ({ edit: (text) => `https://${text}` }),
    'for another URI': () => ({
      edit: (text) => text.replace(`URI: ${service.url}`, 'URI: http://evil.example'),
    }),
    'for a URI that only begins as ours': () => ({
      edit: (text) => text.replace(/^URI: .*$/m, '$&.evil.example'),
    }),
    'for another chain': () => ({ changes: { chainId: 1 } }),
    'of another version': () => ({ edit: (text) => text.replace('Version: 1', 'Version: 2') }),
    'for no scope': () => ({ edit: (text) => text.replace(/\nResources:[^]*/, '') }),
    'for an unknown scope': () => ({ edit: (text) => `${text}\n- urn:tributary:scope:admin` }),
    'with a line more': () => ({ edit: (text) => `${text}\nmore` }),
    'with an address in lower case': () => ({ edit: (text) => text.replace(/^0x.*$/m, addressOf(key)) }),
  };
  for (const [what, bent] of Object.entries(elsewhere))
    it(`refuses a message ${what}`, async () => expect(await refusal(bent())).to.equal('auth/message'));

  it('takes this scheme, and a URI of this coordinator', async () => {
    const path = (text: string) => text.replace(/^URI: .*$/m, '$&/v1/auth/token');
    for (const edit of [path, (text: string) => `http://${text}`])
      expect(await refusal({ edit })).to.equal('resolved');
  });

  it('goes by its own clock, give or take two minutes', async () => {
    const issued = (seconds: number) => refusal({ changes: { issuedAt: later(seconds) } });
    expect([await issued(120), await issued(-720)]).to.deep.equal(['resolved', 'resolved']);
    expect([await issued(121), await issued(-721)]).to.deep.equal(['auth/time', 'auth/time']);
    const line = (text: string) =>
      refusal({ edit: (message) => message.replace('\nResources:', `\n${text}\nResources:`) });
    expect(await line(`Expiration Time: ${time(-119)}`)).to.equal('resolved');
    expect(await line(`Expiration Time: ${time(-120)}`)).to.equal('auth/time');
    expect(await line(`Not Before: ${time(120)}`)).to.equal('resolved');
    expect(await line(`Not Before: ${time(121)}`)).to.equal('auth/time');
  });

  it("refuses what the account's key did not sign to the letter", async () => {
    expect(await refusal({ signature: (message) => personalSignature(stranger, message) })).to.equal(
      'auth/signature',
    );
    expect(await refusal({ signature: (message) => personalSignature(key, `${message} `) })).to.equal(
      'auth/signature',
    );
    for (const none of ['0x', '0x00', `0x${'00'.repeat(65)}`] as Hex[])
      expect(await refusal({ signature: () => none })).to.equal('auth/signature');
  });

  it('asks a contract about its signature (ERC-1271)', async () => {
    const bent: Bent = { changes: { address: wallet }, signature: () => '0xc0de' };
    const asked: string[] = [];
    contract = (data) => (asked.push(data), Promise.resolve(`0x1626ba7e${'00'.repeat(28)}`));
    const signed = await signedMessage(service, key, bent);
    const { accessToken } = await service.api.signIn(signed);
    expect((await service.api.account(accessToken)).subject).to.equal(wallet);
    expect(asked).to.deep.equal([
      erc1271.encodeFunctionData('isValidSignature', [hashMessage(signed.message), '0xc0de']),
    ]);
    expect(await codeOf(service.api.signIn(signed))).to.equal('auth/nonce');
    expect(asked, 'of a used nonce').to.have.length(1);
    contract = () => Promise.resolve(`0xffffffff${'00'.repeat(28)}`);
    expect(await refusal(bent)).to.equal('auth/signature');
    contract = () => Promise.reject(Object.assign(new Error('no'), { code: 'NETWORK_ERROR' }));
    expect(await refusal(bent)).to.equal('chain/unreachable');
    contract = () => Promise.resolve('0x');
  });
});
