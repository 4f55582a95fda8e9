/** Where clients reach a coordinator is a URL, found wrong at the start and not at somebody's sign-in. docs/tls.md */
import { expect } from 'chai';
import { assertPublicUrl } from '#coordinator/public-url.ts';
import { plainConnection } from '#protocol/http/plain-connection.ts';
import { codeOf } from './code-of.ts';

describe('a public URL', () => {
  it('is taken as it was given', () => {
    for (const url of ['https://rounds.example', 'http://127.0.0.1:7070', 'https://example.org:8443/rounds/'])
      expect(assertPublicUrl(url)).to.equal(url);
  });

  it('is refused where it is none, or more, and nothing of it is repeated', async () => {
    for (const url of [
      '',
      'rounds.example',
      '/rounds',
      'ftp://rounds.example',
      'https://',
      'https://user:hunter2@rounds.example',
      'https://rounds.example/?key=hunter2',
      'https://rounds.example/#hunter2',
      'https://rounds.example/?',
    ]) {
      const asked = Promise.resolve().then(() => assertPublicUrl(url));
      expect(await codeOf(asked), url).to.equal('coordinator/bad-public-url');
      expect(await asked.catch((error: unknown) => String(error))).not.to.contain('hunter2');
    }
  });
});

describe('a connection without TLS', () => {
  it('is spoken of where it leaves the machine', () => {
    for (const url of [
      'http://rounds.example',
      'http://10.0.0.7:7070',
      'http://127.0.0.1.example',
      'http://[fd00::1]',
    ])
      expect(plainConnection(url), url).to.contain('without TLS');
    expect(plainConnection('http://rounds.example/?key=hunter2')).not.to.contain('hunter2');
    for (const url of [
      ...['https://rounds.example', 'http://127.0.0.1:7070', 'http://127.1.2.3', 'http://localhost:1'],
      ...['http://[::1]:7070', 'http://a.localhost', 'no URL'],
    ])
      expect(plainConnection(url), url).to.equal(null);
  });
});
