/**
 * A bad network between everyone and the coordinator, through a whole job: requests that fail at random, then each kind of
 * fault by itself and often. The same seed spoils the run in much the same way.
 */
import { expect } from 'chai';
import { faultsAtRandom, type Fault } from '#test/support/faulty-proxy.ts';
import { OWNERS } from './owners.ts';
import { FaultStage } from './stage.ts';
import { tell } from './told.ts';

const SEED = process.env['TRIBUTARY_FAULT_SEED'] ?? 'a bad network';
const kinds: readonly Fault[] = [
  { kind: 'lost' },
  { kind: 'failed' },
  { kind: 'cut' },
  { kind: 'twice' },
  { kind: 'drips' },
  { kind: 'late', millis: 700 },
];
/** After which Node's fetch gives a request up that has no limit of its own. */
const FETCH_MILLIS = 300_000;
/** Rounds with 1 % of requests failing. */
const ROUNDS = 4;

describe('a bad network', function () {
  this.timeout(600_000);
  let stage: FaultStage;

  before(async () => {
    stage = await FaultStage.start(null);
    await stage.startCoordinator();
    stage.runClients();
  });
  after(async () => {
    await (stage as FaultStage | undefined)?.stop();
  });

  const seen = () => [...stage.proxy.counts].map(([kind, times]) => `${kind} × ${times}`).join(', ');

  it('that fails 1 % of all requests costs a job of several rounds nothing', async () => {
    const failing = (['lost', 'failed', 'cut'] as const).map((kind) => [{ kind }, 0.01 / 3] as const);
    stage.proxy.obey(faultsAtRandom(SEED, failing));
    const job = await stage.launch(ROUNDS);
    const after = await job.sound();
    tell(
      '1 % of requests fail',
      `${ROUNDS} rounds, seed "${SEED}"`,
      `${stage.proxy.requests} requests: ${seen()}`,
      after,
    );
    for (let round = 1; round <= ROUNDS; round += 1)
      expect(await stage.inputsIn(job.job, round)).to.equal(OWNERS);
  });

  it('that loses, cuts, doubles, reorders and drips a third of all requests costs a round nothing', async () => {
    const before = stage.proxy.requests;
    stage.proxy.obey(
      faultsAtRandom(
        SEED,
        kinds.map((fault) => [fault, 0.05] as const),
      ),
    );
    const job = await stage.launch(2);
    const after = await job.sound();
    tell(
      '30 % of requests spoilt',
      `2 rounds, seed "${SEED}"`,
      `${stage.proxy.requests - before} requests: ${seen()}`,
      after,
    );
    for (const { kind } of kinds) expect(stage.proxy.counts.get(kind) ?? 0, kind).to.be.above(0);
    expect(await stage.inputsIn(job.job, 1)).to.equal(OWNERS);
  });

  it('with half-open connections: a message of each kind is swallowed once, and sent again', async () => {
    const swallowed = new Set<string>();
    stage.proxy.obey(({ method, path }) => {
      const kind = path.split('/').find((part) => /^(enrolments|inputs|attestations)$/.test(part));
      if (method === 'GET' || kind === undefined || swallowed.has(kind)) return null;
      swallowed.add(kind);
      return { kind: 'half-open' };
    });
    const began = Date.now();
    const job = await stage.launch(1);
    const after = await job.sound();
    tell('half-open connections', '1 round', `swallowed: ${[...swallowed].join(', ')}`, after);
    expect(stage.proxy.counts.get('half-open')).to.equal(3);
    // Given up by their own time limits, of 30 s, and not by fetch's, of 300 s.
    expect(Date.now() - began).to.be.below(FETCH_MILLIS);
    expect(await stage.inputsIn(job.job, 1)).to.equal(OWNERS);
  });
});
