/** Says aloud that a coordinator is reached without TLS. */
import { plainConnection } from '#protocol/http/plain-connection.ts';
import { progress, yellow } from './output.ts';

export function warnOfPlain(url: string): void {
  const found = plainConnection(url);
  if (found !== null) progress(`${yellow('warning')}: ${found}`);
}
