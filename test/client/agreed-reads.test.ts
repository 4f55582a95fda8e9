/** Several RPCs that must say the same. protocol.md §5.5 */
import { expect } from 'chai';
import { agreedReads } from '#client/agreed-reads.ts';
import type { ChainReads } from '#client/chain.ts';
import type { JobFacts } from '#contracts/job-facts.ts';
import { TributaryError } from '#crypto/error.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { seatsOnChain } from './support/cohort.ts';

const id = { job: 7, round: 2, attempt: 3 };
const attempt = {
  outcome: 'survivors',
  roster: digestOfText('roster'),
  seedBlock: 40,
  survivors: digestOfText('survivors'),
} as const;

const honest: ChainReads = {
  jobs: async () => [7, 9],
  facts: async () => ({ job: 7, seats: seatsOnChain() }) as unknown as JobFacts,
  operators: async () => seatsOnChain().map(({ operator }) => [operator]),
  descriptor: async () => digestOfText('descriptor'),
  attempt: async () => attempt,
  committed: async () => ({ ...attempt, randao: digestOfText('randao') }),
  seed: async () => digestOfText('randao'),
};

/** Each question, and another answer to it. */
const lies: readonly (readonly [(reads: ChainReads) => Promise<unknown>, Partial<ChainReads>])[] = [
  [(reads) => reads.jobs(), { jobs: async () => [7] }],
  [
    (reads) => reads.facts(7),
    {
      facts: async () =>
        ({
          job: 7,
          seats: seatsOnChain().map((seat, at) => (at === 3 ? { ...seat, price: seat.price + 1n } : seat)),
        }) as unknown as JobFacts,
    },
  ],
  [(reads) => reads.operators(7), { operators: async () => [[]] }],
  [(reads) => reads.descriptor(), { descriptor: async () => digestOfText('another') }],
  [(reads) => reads.attempt(id), { attempt: async () => ({ ...attempt, outcome: 'committed' }) }],
  [
    (reads) => reads.committed(id),
    { committed: async () => ({ ...attempt, randao: digestOfText('another') }) },
  ],
  [(reads) => reads.seed(40), { seed: async () => null }],
];

describe('reads by several RPCs', () => {
  it('are those of the first, where all say the same', async () => {
    const agreed = agreedReads(honest, { ...honest }, { ...honest });
    for (const [ask] of lies) expect(await ask(agreed)).to.deep.equal(await ask(honest));
  });

  it('are refused where any of them says something else, whichever it is', async () => {
    for (const [ask, lie] of lies) {
      const liar = { ...honest, ...lie };
      for (const agreed of [
        agreedReads(liar, honest, honest),
        agreedReads(honest, liar, honest),
        agreedReads(honest, honest, liar),
      ]) {
        const failure: unknown = await ask(agreed).catch((error: unknown) => error);
        expect(failure).to.be.instanceOf(TributaryError).with.property('code', 'chain/disagree');
      }
    }
  });

  it('of one RPC are as it gives them', () => {
    expect(agreedReads(honest)).to.equal(honest);
  });
});
