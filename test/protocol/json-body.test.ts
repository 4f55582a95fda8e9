import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { seededRng } from '#crypto/random.ts';
import { toHex, utf8 } from '#crypto/bytes.ts';
import { encodeJson } from '#protocol/http/json-body.ts';

describe('a JSON body', () => {
  /** A body of exactly so many bytes. */
  const sized = (length: number) => ({ text: 'x'.repeat(length - '{"text":""}'.length) });

  it('goes up as it is where it is small', async () => {
    const value = sized(2048);
    const { bytes, headers } = await encodeJson(value);
    expect(bytes).to.have.length(2048);
    expect(bytes).to.deep.equal(utf8(JSON.stringify(value)));
    expect(headers).to.deep.equal({ 'content-type': 'application/json' });
  });

  it('goes up gzipped where it is not, which about halves bytes in hexadecimal', async () => {
    const { bytes, headers } = await encodeJson(sized(2049));
    expect(headers).to.deep.equal({ 'content-type': 'application/json', 'content-encoding': 'gzip' });
    expect(gunzipSync(bytes).toString()).to.equal(JSON.stringify(sized(2049)));
    const shares = { shares: [toHex(seededRng(utf8('a body')).bytes(30_000))] };
    const encoded = await encodeJson(shares);
    expect(JSON.parse(gunzipSync(encoded.bytes).toString())).to.deep.equal(shares);
    expect(encoded.bytes.length).to.be.within(30_000, 36_000);
  });
});
