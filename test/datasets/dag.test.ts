import { expect } from 'chai';
import fc from 'fast-check';
import { CID } from 'multiformats/cid';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import {
  cidFromDigest,
  cidOf,
  codecOf,
  decodeBlock,
  digestOf,
  encodeBlock,
  isBlockOf,
  linksOf,
  type DagValue,
} from '#protocol/dag.ts';

const foreign = CID.parse('QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG');
const links = [1, 2, 3].map((byte) => cidOf(byte === 2 ? 'dag-cbor' : 'raw', Uint8Array.of(byte)));
const [first, second, third] = links as [CID, CID, CID];

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TributaryError) return error.code;
    throw error;
  }
  return 'no error';
}

/** Nested lists, `depth` of them. */
const nested = (depth: number): DagValue => (depth === 0 ? 7 : [nested(depth - 1)]);

describe('CIDs', () => {
  it('are those that other implementations compute', () => {
    expect(encodeBlock({}).cid.toString()).to.equal(
      'bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua',
    );
    expect(encodeBlock({ hello: 'world' }).cid.toString()).to.equal(
      'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae',
    );
    expect(cidOf('raw', new Uint8Array()).toString()).to.equal(
      'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
    );
  });

  it('follow from the digest and give it back', () => {
    const digest = digestOf(second);
    expect(toHex(digest)).to.equal('0xdbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986');
    expect(cidFromDigest('dag-cbor', digest).equals(second)).to.equal(true);
    expect(cidFromDigest('raw', digest).equals(second)).to.equal(false);
    expect(codeOf(() => cidFromDigest('raw', digest.subarray(1)))).to.equal('dag/digest');
  });

  it('are of two codecs and one hash only', () => {
    expect(codecOf(first)).to.equal('raw');
    expect(codecOf(second)).to.equal('dag-cbor');
    const kinds = [
      foreign,
      foreign.toV1(),
      CID.parse('bafkqabtimvwgy3yk'), // identity: its bytes are inside the link
      CID.createV1(0x55, { ...first.multihash, code: 0x13 }),
      CID.createV1(0x55, { ...first.multihash, size: 20 }),
    ];
    for (const kind of kinds) {
      expect(
        codeOf(() => codecOf(kind)),
        kind.toString(),
      ).to.equal('dag/link');
      expect(
        codeOf(() => digestOf(kind)),
        kind.toString(),
      ).to.equal('dag/link');
      expect(
        codeOf(() => isBlockOf(kind, Uint8Array.of(1))),
        kind.toString(),
      ).to.equal('dag/link');
    }
  });

  it('name their block and no other', () => {
    expect(isBlockOf(second, Uint8Array.of(2))).to.equal(true);
    expect(isBlockOf(second, Uint8Array.of(1))).to.equal(false);
  });
});

describe('canonical DAG-CBOR', () => {
  it('sorts keys by length, then by bytes', () => {
    expect(toHex(encodeBlock({ b: 1, aa: 2, a: 3 }).bytes)).to.equal('0xa361610361620162616102');
  });

  it('refuses values that have no one encoding', () => {
    const refused: [string, unknown][] = [
      ['dag/float', 1.5],
      ['dag/float', [{ deep: Number.NaN }]],
      ['dag/float', Number.POSITIVE_INFINITY],
      ['dag/float', 2 ** 53],
      ['dag/float', -0],
      ['dag/unsupported', undefined],
      ['dag/unsupported', { a: undefined }],
      ['dag/unsupported', () => 1],
      ['dag/unsupported', Symbol('s')],
      ['dag/unsupported', new Date(0)],
      ['dag/unsupported', new Map([['a', 1]])],
      ['dag/unsupported', new Uint32Array(1)],
      ['dag/unsupported', 2n ** 64n],
      ['dag/unsupported', -(2n ** 64n) - 1n],
      ['dag/unsupported', 'lone \ud800'],
      ['dag/unsupported', { 'lone \udc00': 1 }],
      ['dag/unsupported', JSON.parse('{"__proto__": 1}')],
      ['dag/unsupported', { '/': 'bafy' }],
      ['dag/link', { link: foreign }],
      ['dag/too-deep', nested(33)],
      ['dag/too-big', new Uint8Array(4 * 1024 * 1024)],
    ];
    for (const [code, value] of refused) {
      expect(
        codeOf(() => encodeBlock(value as DagValue)),
        code,
      ).to.equal(code);
    }
  });

  it('refuses blocks that are not the one encoding of their value', () => {
    const refused: Record<string, [string, string]> = {
      'a float of 1.5': ['dag/float', '0xfb3ff8000000000000'],
      'a float of 1': ['dag/float', '0xfb3ff0000000000000'],
      'a half float in a list': ['dag/float', '0x81f93c00'],
      'a single float in a map': ['dag/float', '0xa16161fa3f800000'],
      'keys out of order': ['dag/not-canonical', '0xa2616201616102'],
      'a longer key first': ['dag/not-canonical', '0xa262616101616202'],
      'a key twice': ['dag/malformed', '0xa2616101616102'],
      'a number in more bytes than it needs': ['dag/malformed', '0x1801'],
      'text that is not UTF-8': ['dag/not-canonical', '0x62ffff'],
      undefined: ['dag/unsupported', '0xf7'],
      'a simple value': ['dag/unsupported', '0xe0'],
      'a reserved simple value': ['dag/unsupported', '0xfc'],
      'an indefinite list, as a count of lists': ['dag/malformed', `0x9f${'81'.repeat(500)}`],
      'another tag': ['dag/unsupported', '0xc101'],
      'a key that is a number': ['dag/malformed', '0xa10101'],
      'a key that sets the prototype': ['dag/unsupported', '0xa1695f5f70726f746f5f5f01'],
      'a map that looks like a link to multiformats': [
        'dag/unsupported',
        '0xa2612f6178656279746573' + '6178',
      ],
      'a link of another kind': ['dag/link', `0xd82a5823001220${'00'.repeat(32)}`],
      'a link without its zero byte': ['dag/malformed', `0xd82a582401551220${'00'.repeat(32)}`],
      'an indefinite list': ['dag/malformed', '0x9f01ff'],
      'a list of more items than bytes': ['dag/malformed', '0x9a7fffffff'],
      'a map of more items than bytes': ['dag/malformed', '0xa301'],
      'bytes that end too early': ['dag/malformed', '0x4401'],
      'a head that ends too early': ['dag/malformed', '0x19'],
      'a length that is cut off': ['dag/malformed', '0x5b0000'],
      nothing: ['dag/malformed', '0x'],
      'a second item': ['dag/malformed', '0x0101'],
    };
    for (const [what, [code, hex]] of Object.entries(refused)) {
      expect(
        codeOf(() => decodeBlock(fromHex(hex))),
        what,
      ).to.equal(code);
    }
  });

  it('bounds depth and size, before it recurses', () => {
    expect(decodeBlock(encodeBlock(nested(32)).bytes)).to.deep.equal(nested(32));
    const deep = Uint8Array.of(...Array<number>(33).fill(0x81), 7);
    expect(codeOf(() => decodeBlock(deep))).to.equal('dag/too-deep');
    expect(codeOf(() => decodeBlock(new Uint8Array(300_000).fill(0x81)))).to.equal('dag/too-deep');
    expect(codeOf(() => decodeBlock(new Uint8Array(300_000).fill(0xc1)))).to.equal('dag/unsupported');
    expect(codeOf(() => decodeBlock(new Uint8Array(4 * 1024 * 1024 + 1)))).to.equal('dag/too-big');
  });

  it('gives every value back', () => {
    const { value } = fc.letrec<{ value: DagValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger(),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
        fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
        fc.string({ unit: 'grapheme' }),
        fc.uint8Array(),
        fc.constantFrom(...links),
        fc.array(tie('value'), { maxLength: 5 }),
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__' && key !== '/'),
          tie('value'),
          { maxKeys: 5 },
        ),
      ),
    }));
    fc.assert(
      fc.property(value, (written) => {
        const { bytes, cid } = encodeBlock(written);
        const read = decodeBlock(bytes);
        expect(encodeBlock(read).bytes).to.deep.equal(bytes);
        expect(linksOf(read).map(String).sort()).to.deep.equal(linksOf(written).map(String).sort());
        expect(isBlockOf(cid, bytes)).to.equal(true);
      }),
      { seed: 7 },
    );
  });

  it('reads no other bytes as the same value: what it takes, it would have written', () => {
    const start = encodeBlock({ a: [1, 'x', Uint8Array.of(9)], link: first, n: -5, t: true }).bytes;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(start.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        (changes) => {
          const bytes = Uint8Array.from(start);
          for (const [at, byte] of changes) bytes[at] = byte;
          let value: DagValue;
          try {
            value = decodeBlock(bytes);
          } catch (error) {
            expect(error).to.be.instanceOf(TributaryError);
            return;
          }
          expect(encodeBlock(value).bytes).to.deep.equal(bytes);
        },
      ),
      { seed: 8, numRuns: 2_000 },
    );
  });

  it('lists links in the order of the bytes', () => {
    const value = {
      zz: first,
      a: [second, { 10: third, 9: first }],
      b: 'none',
      c: null,
      d: Uint8Array.of(1),
    };
    const listed = linksOf(decodeBlock(encodeBlock(value).bytes));
    expect(listed.map(String)).to.deep.equal([second, first, third, first].map(String));
  });
});
