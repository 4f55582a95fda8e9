/**
 * One bit flipped anywhere in a round's evidence before it was hashed, and the whole job settled with it: level 4 names
 * each. Sites are drawn by TRIBUTARY_FLIP_SEED (a number; 1 if it is not set). protocol.md §6.4
 */
import { expect } from 'chai';
import type { CID } from 'multiformats/cid';
import { audit } from '#auditor/audit.ts';
import { fromHex, toHex, u32 } from '#crypto/bytes.ts';
import { seededRng } from '#crypto/random.ts';
import { readBlock } from '#datasets/read-block.ts';
import { evidenceSchema, type Evidence } from '#protocol/manifests.ts';
import { decodeBlock } from '#protocol/dag.ts';
import { errorTable } from '#protocol/errors.ts';
import { settledLie, type Edit, type Fields } from './forge.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

const seed = Number(process.env['TRIBUTARY_FLIP_SEED'] ?? 1);
const flipsOfAKind = 3;

/** Keys that lead to one scalar of a block, and that scalar. */
type Site = Readonly<{ path: readonly (string | number)[]; value: string | number }>;

function sitesOf(value: unknown, path: Site['path'] = []): Site[] {
  if (typeof value === 'string' || typeof value === 'number') return [{ path, value }];
  if (Array.isArray(value)) return value.flatMap((item, at) => sitesOf(item, [...path, at]));
  // A link is no scalar: flips of its bytes are among those of the root block.
  if (typeof value !== 'object' || value === null || 'multihash' in value) return [];
  return Object.entries(value).flatMap(([key, member]) => sitesOf(member, [...path, key]));
}

/** Copies a block with one scalar changed. */
function withSite(
  value: Fields | Fields[keyof Fields][],
  [key, ...rest]: Site['path'],
  flipped: unknown,
): never {
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const within = copy as Record<string | number, unknown>;
  const at = key ?? '';
  within[at] = rest.length === 0 ? flipped : withSite(within[at] as Fields, rest, flipped);
  return copy as never;
}

describe(`a bit flipped in the evidence before it was hashed (seed ${seed})`, () => {
  const rng = seededRng(u32(seed));
  const below = (n: number) => new DataView(rng.bytes(4).buffer).getUint32(0) % n;
  const flipBytes = (bytes: Uint8Array): Uint8Array => {
    const bit = below(bytes.length * 8);
    return bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
  };
  const flip = (value: string | number): string | number => {
    if (typeof value === 'number') return (value ^ (1 << below(32))) >>> 0;
    if (value.startsWith('0x')) return toHex(flipBytes(fromHex(value)));
    const at = below(value.length);
    const other = String.fromCharCode(value.charCodeAt(at) ^ (1 << below(7)));
    return value.slice(0, at) + other + value.slice(at + 1);
  };

  let honest: Lineage;
  let round: Round;
  let evidence: Evidence;
  before(async () => {
    honest = await honestLineage();
    round = honest.rounds[1]!;
    evidence = await readBlock(honest.evidence, round.evidence, evidenceSchema, 'the evidence');
  });

  /** A flip in one part of the evidence's root block. */
  function inMessages(part: 'roster' | 'shares' | 'inputs' | 'confirmations' | 'secrets'): [Edit, string] {
    const sites = sitesOf(evidence[part], [part]);
    const { path, value } = sites[below(sites.length)]!;
    const flipped = flip(value);
    return [{ cid: round.evidence, value: (old) => withSite(old, path, flipped) }, path.join(' → ')];
  }

  async function inVector(): Promise<[Edit, string]> {
    const { vector, message } = evidence.inputs[below(evidence.inputs.length)]!;
    const blob = decodeBlock(await honest.evidence.get(vector)) as Fields;
    return [{ cid: (blob['chunks'] as CID[])[0]!, bytes: flipBytes }, `vector of member ${message.member}`];
  }

  const kinds: Readonly<Record<string, () => [Edit, string] | Promise<[Edit, string]>>> = {
    enrolments: () => inMessages('roster'),
    shares: () => inMessages('shares'),
    inputs: () => inMessages('inputs'),
    vectors: inVector,
    confirmations: () => inMessages('confirmations'),
    secrets: () => inMessages('secrets'),
    'the root block': () => [{ cid: round.evidence, bytes: flipBytes }, 'its bytes'],
  };

  for (const [kind, draw] of Object.entries(kinds)) {
    it(`is named: ${kind}`, async () => {
      for (let drawn = 0; drawn < flipsOfAKind; drawn += 1) {
        const [edit, site] = await draw();
        const lie = await settledLie(honest, edit);
        // Of the first round nothing is asked, to save time.
        const given = { ...lie, evidence: lie.evidence.slice(1) };
        const { findings } = await audit(given, { levels: [4] });
        const failed = findings.flatMap(({ verdict }) => (verdict.result === 'failed' ? [verdict] : []));
        const where = `seed ${seed}, flip ${drawn + 1} in ${kind}: ${site}`;
        expect(failed, where).to.not.deep.equal([]);
        for (const { place, code } of failed) {
          expect(place, where).to.match(/^round 2 → evidence/);
          expect(code in errorTable, `${where}: ${code}`).to.equal(true);
        }
      }
    });
  }
});
