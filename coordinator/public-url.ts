/** Where clients reach a coordinator: sign-in messages and jobs' terms name it, so a wrong one is found at the start. docs/tls.md */
import { TributaryError } from '#crypto/error.ts';

/** @returns it as it was given. @throws TributaryError `coordinator/bad-public-url` */
export function assertPublicUrl(text: string): string {
  const bad = (why: string) =>
    new TributaryError(
      'coordinator/bad-public-url',
      `--public-url: ${why}; expected https://HOST[:PORT][/PATH]`,
    );
  // Nothing of it is repeated: a password may stand in it.
  if (!URL.canParse(text)) throw bad('this is no URL');
  const { protocol, username, password, search, hash } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') throw bad('this is neither https:// nor http://');
  if (username !== '' || password !== '') throw bad('a name or a password stands in it');
  if (search !== '' || hash !== '' || /[?#\s]/.test(text)) throw bad('it has a query, a fragment or a space');
  return text;
}
