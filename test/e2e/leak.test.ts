/**
 * No process but its owner's client ever holds an owner's rows or update: all that leaves the clients of a real round is
 * recorded and searched. In the next round one client's masks are off, and the search must find it. protocol.md §3.5
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { evidenceFile } from '#buyer/evidence.ts';
import { fromHex } from '#crypto/bytes.ts';
import { wordBits } from '#crypto/parameters.ts';
import { RingAccumulator } from '#crypto/ring.ts';
import type { Owner } from '#examples/demo/actors.ts';
import type { Stack } from '#examples/demo/stack.ts';
import { initialWeights } from '#model/initial.ts';
import { parseTopology } from '#model/topology.ts';
import { Detector, type Recording, type Secret } from './leak/detector.ts';
import { gunzipped } from './leak/encodings.ts';
import { halfMaskedSecrets, rowSecrets, trainedSecrets, updateSecrets } from './leak/forms.ts';
import {
  connectionsFrom,
  operatorOf,
  saltOf,
  updateFrom,
  type RecordedClient,
} from './leak/recorded-client.ts';
import { readInputs, type RoundInputs } from './leak/round-evidence.ts';
import { filesIn, SEED, setStage, type Stage } from './leak/stage.ts';
import { uploadsIn } from './leak/uploads.ts';

/** Seconds for whatever is waited for, on a machine that does much else. */
const PATIENCE = 240;
const COHORT = 3;

describe('what leaves an owner’s client', () => {
  const root = mkdtempSync(join(tmpdir(), 'tributary-leak-'));
  let stack: Stack | undefined;
  let stage: Stage;
  /** The first owner's is stopped after the first round; another takes its place at the end of the list. */
  let clients: RecordedClient[];
  /** By everyone, registration included, until the second round began. */
  let left: Recording[];
  let evidence: string;

  before(async function () {
    this.timeout(600_000);
    stage = await setStage(root, (started) => (stack = started));
    // The first owner's client stops where the second round begins; it can't go on without it.
    clients = stage.owners.map((owner, index) =>
      stage.startClient(owner, index === 0 ? { hold: 'announced@2' } : {}),
    );
    await Promise.all(clients.map((client) => client.until('"event":"ready"', PATIENCE)));
    const buyer = await stage.launch();
    const watch = buyer.watch();
    const settled = await watch.until(
      'round 1',
      (line) => line['event'] === 'round' && line['round'] === 1,
      PATIENCE,
    );
    await watch.stop();
    await clients[0]!.until('held: announced round 2', PATIENCE);
    await clients[0]!.stop();
    left = everythingSent();
    const attempt = { job: buyer.id.job, round: 1, attempt: Number(settled['attempt']) };
    evidence = evidenceFile(stage.stack.folder('buyer'), buyer.id, attempt);
  });

  after(async function () {
    this.timeout(60_000);
    await stack?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const everythingSent = (): Recording[] => [
    ...clients.flatMap((client) => client.recordings()),
    ...stage.recordings(),
  ];

  /** Rows, salt, and every stage of the owner's n-th update. */
  function secretsOf({ name, data }: Owner, round: number): Secret[] {
    const home = stage.home(name);
    const trained = updateFrom(home, round);
    return [
      ...rowSecrets(name, readFileSync(data, 'utf8'), stage.data.recipe),
      { owner: name, form: 'salt of the rows', bytes: saltOf(home) },
      ...updateSecrets(name, trained, wordBits(trained.parameters.bits, COHORT)),
    ];
  }

  describe('in a round', () => {
    let inputs: RoundInputs;
    let detector: Detector;

    before(async () => {
      const initial = initialWeights(parseTopology(stage.data.topology), fromHex(SEED));
      const owners = stage.owners.map((owner) => ({ owner, home: stage.home(owner.name) }));
      inputs = await readInputs(
        evidence,
        new Map(owners.map(({ home }) => [operatorOf(home), updateFrom(home, 1)])),
      );
      const secrets = owners.flatMap(({ owner, home }) => {
        const { name } = owner;
        const own = inputs.members.find(({ operator }) => operator === operatorOf(home))!;
        return [
          ...secretsOf(owner, 1),
          ...trainedSecrets(name, own.update, initial),
          ...halfMaskedSecrets(name, own, inputs.w),
        ];
      });
      detector = new Detector(secrets);
    });

    it('the updates that are sought are those that were averaged', () => {
      expect(inputs.members).to.have.length(COHORT);
      const { dimension } = inputs.members[0]!.update.parameters;
      const unmasked = new RingAccumulator(dimension, inputs.w);
      const expected = new RingAccumulator(dimension, inputs.w);
      for (const { pairMasked, quantised } of inputs.members) {
        unmasked.addWords(pairMasked);
        expected.addWords(quantised);
      }
      expect(unmasked.words()).to.deep.equal(expected.words());
      expect(new Set(expected.words()).size).to.be.above(100);
    });

    it('is recorded: every masked input, and requests at every door', () => {
      const uploads = uploadsIn(left).filter(({ round }) => round === 1);
      for (const [member, { packed }] of inputs.members.entries()) {
        expect(uploads.filter((upload) => upload.member === member).at(-1)?.body).to.deep.equal(packed);
      }
      for (const { name } of [...stage.doors.values()].flat()) {
        const bytes = left
          .filter(({ channel }) => channel === name)
          .map((recording) => recording.bytes.length);
        expect(Math.max(...bytes), name).to.be.above(500);
      }
    });

    it('goes to coordinator, IPFS and chain alone, compressed in no way that is not read', () => {
      for (const [owner, doors] of stage.doors) {
        const known = [...doors, stage.coordinator].map(({ url }) => url);
        expect([...connectionsFrom(stage.home(owner))].sort(), owner).to.deep.equal(known.sort());
      }
      for (const { channel, bytes } of left) {
        const text = Buffer.from(bytes).toString('latin1');
        const encodings = [...text.matchAll(/\r\ncontent-encoding: *([^\r]*)/gi)].map(([, name]) => name);
        expect(encodings, channel).to.deep.equal(encodings.map(() => 'gzip'));
        expect([...gunzipped(bytes)], channel).to.have.length.at.least(encodings.length);
      }
    });

    it('has no row, no update and no half-masked input in it, in any form', () => {
      expect(detector.search(left)).to.deep.equal([]);
    });

    it('leaves none of them in the folders of coordinator, IPFS node and buyer', function () {
      this.timeout(60_000);
      for (const folder of [['coordinator', 'coordinator'], ['ipfs'], ['buyer']]) {
        const files = filesIn(stage.stack.folder(...folder));
        expect(files.length, folder[0]).to.be.above(1);
        expect(detector.search(files), folder[0]).to.deep.equal([]);
      }
    });
  });

  describe('when one client’s masks are off', () => {
    before(async function () {
      this.timeout(300_000);
      clients.push(stage.startClient(stage.owners[0]!, { masksOff: true }));
      // The round comes to nothing: the sum has masks in it that nothing cancels.
      const uploaders = (recordings: Recording[]) =>
        new Set(uploadsIn(recordings).flatMap(({ round, member }) => (round === 2 ? [member] : [])));
      await stage.coordinator.until(
        'input of every member',
        (recordings) => uploaders(recordings).size === COHORT,
        PATIENCE,
      );
    });

    it('is found, by owner, form and channel, and nothing else is', () => {
      const detector = new Detector(stage.owners.flatMap((owner) => secretsOf(owner, 2)));
      expect(detector.search(everythingSent())).to.deep.equal([
        {
          owner: 'owner-1',
          form: 'quantised update, packed',
          channel: 'everyone to coordinator',
          encoding: 'raw',
        },
      ]);
    });
  });
});
