/** JSON as it goes up: gzipped where that pays. RFC 1952; protocol.md §4.1 */

/** A body with the headers that say what it is. */
export type JsonBody = Readonly<{ bytes: Uint8Array<ArrayBuffer>; headers: Record<string, string> }>;

/** Below this, headers and a member's own 18 bytes eat most of what is saved. */
const WORTH_BYTES = 2048;

export async function encodeJson(value: object): Promise<JsonBody> {
  const headers = { 'content-type': 'application/json' };
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  if (bytes.length <= WORTH_BYTES) return { bytes, headers };
  return { bytes: await gzip(bytes), headers: { ...headers, 'content-encoding': 'gzip' } };
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}
