/** Ranges of addresses as an operator writes them: 10.0.0.0/8, fd00::/8, or one address. RFC 4632 §3.1, RFC 4291 §2.3 */
import { isIP } from 'node:net';
import { z } from 'zod';

const ADDRESS_BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

function isRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const most = ADDRESS_BITS[isIP(address)];
  if (most === undefined || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most);
}

export const addressRange = z
  .string()
  .refine(isRange, 'expected an address or a range of them, as 10.0.0.0/8');
