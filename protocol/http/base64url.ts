/** Bytes as base64url without padding, one spelling each. RFC 4648 §5 */
import { base64url } from 'multiformats/bases/base64';

export const toBase64url = (bytes: Uint8Array): string => base64url.baseEncode(bytes);

/** @returns null where the text is no base64url, or not as {@link toBase64url} spells it */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  // The library would take padding.
  if (!/^[\w-]*$/.test(text)) return null;
  try {
    return new Uint8Array(base64url.baseDecode(text));
  } catch {
    return null;
  }
}
