import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { seededRng } from '#crypto/random.ts';
import { openJournal } from '#client/journal/journal.ts';
import { sealOf } from '#client/journal/seal.ts';
import { isOf } from '#client/journal/update-journal.ts';
import { toBytes32 } from '#protocol/units.ts';
import { cohort, digestOfText, domain, operatorKey } from '#test/support/cohort.ts';
import { contains, filesIn, newHome, removeHomes } from '../support/home.ts';
import { quick } from '../support/cohort.ts';

const id = { job: 7, round: 2, attempt: 3 };
const members = cohort({ n: 3, id });
const [enrolment, other] = members.enrolments;
const folder = `attempts/31337-${domain.escrow}/7/2/3`;
const code = (action: () => unknown): string => {
  try {
    action();
    return 'nothing thrown';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('seal', () => {
  const plaintext = new TextEncoder().encode('the seed of a round, 32 bytes..');
  const seal = sealOf(operatorKey(1), seededRng(new Uint8Array([1])));

  it('opens what it closed, and never closes twice alike', () => {
    const [first, second] = [seal.close('a', plaintext), seal.close('a', plaintext)];
    expect(seal.open('a', first)).to.deep.equal(plaintext);
    expect(seal.open('a', second)).to.deep.equal(plaintext);
    expect(first).to.not.deep.equal(second);
    expect(contains(first, plaintext.slice(0, 8))).to.equal(false);
  });

  it('refuses another key, another name and any changed byte', () => {
    const sealed = seal.close('a', plaintext);
    const stranger = sealOf(operatorKey(2), seededRng(new Uint8Array([1])));
    expect(code(() => stranger.open('a', sealed))).to.equal('journal/unreadable');
    expect(code(() => seal.open('b', sealed))).to.equal('journal/unreadable');
    for (const at of [0, 31, 32, sealed.length - 1]) {
      const changed = sealed.map((byte, index) => (index === at ? byte ^ 1 : byte));
      expect(
        code(() => seal.open('a', changed)),
        `byte ${at}`,
      ).to.equal('journal/unreadable');
    }
    expect(code(() => seal.open('a', new Uint8Array(5)))).to.equal('journal/unreadable');
  });
});

describe('journal of an attempt', () => {
  afterEach(removeHomes);

  it('decides once and for ever, across restarts', () => {
    const home = newHome();
    const record = openJournal(home, operatorKey(0), quick).attempt(domain, id);
    expect(record.decided('enrolment')).to.equal(null);
    record.decide('enrolment', enrolment!);
    const again = openJournal(home, operatorKey(0), quick).attempt(domain, id);
    expect(again.decided('enrolment')).to.deep.equal(enrolment);
    expect(code(() => again.decide('enrolment', other!))).to.equal('journal/decided');
    expect(again.decided('enrolment')).to.deep.equal(enrolment);
  });

  it('holds one verdict: a confirmation and an abort exclude each other, across restarts', () => {
    const home = newHome();
    const journal = () => openJournal(home, operatorKey(0), quick).attempt(domain, id);
    const { roster } = members.confirmations[0]!.message;
    const message = { ...id, member: 0, roster, reason: 'x' };
    const signature = members.confirmations[0]!.signature;
    journal().decide('verdict', { kind: 'confirm', envelope: members.confirmations[0]! });
    expect(
      code(() => journal().decide('verdict', { kind: 'abort', envelope: { message, signature } })),
    ).to.equal('journal/decided');
    expect(journal().decided('verdict')?.kind).to.equal('confirm');
  });

  it('says so where a decision was edited', () => {
    const home = newHome();
    const record = openJournal(home, operatorKey(0), quick).attempt(domain, id);
    record.decide('enrolment', enrolment!);
    writeFileSync(join(home, 'journal', folder, 'enrolment.json'), '{"message":{}}');
    expect(code(() => record.decided('enrolment'))).to.equal('journal/damaged');
  });

  it('keeps secrets that only the operator key opens, and erases them for good', () => {
    const home = newHome();
    const record = openJournal(home, operatorKey(0), quick).attempt(domain, id);
    const keys = { channel: toBytes32(`0x${'ab'.repeat(32)}`), mask: toBytes32(`0x${'cd'.repeat(32)}`) };
    const own = {
      dealer: 0,
      holder: 0,
      seed: `0x00${'01'.repeat(32)}`,
      mask: `0x${'00'.repeat(32)}05`,
      path: [],
    };
    record.keep('keys', keys);
    record.keep('sharing', { seed: digestOfText('seed'), own, ciphertexts: ['0x', '0x1234'] });
    record.keepVector(Uint8Array.of(1, 2, 3, 250));
    record.decide('enrolment', enrolment!);

    expect(record.secret('keys')).to.deep.equal(keys);
    expect(record.secret('sharing')?.own.mask).to.equal(5n);
    expect(record.secret('received')).to.equal(null);
    expect([...record.vector()!]).to.deep.equal([1, 2, 3, 250]);
    const stranger = openJournal(home, operatorKey(1), quick).attempt(domain, id);
    expect(code(() => stranger.secret('keys'))).to.equal('journal/unreadable');
    for (const [name, bytes] of filesIn(home)) {
      for (const secret of ['ab', 'cd', '01']) {
        expect(contains(bytes, Buffer.from(secret.repeat(20), 'hex')), `${secret} in ${name}`).to.equal(
          false,
        );
      }
    }

    record.erase();
    expect([record.secret('keys'), record.secret('sharing'), record.vector()]).to.deep.equal([
      null,
      null,
      null,
    ]);
    expect([...filesIn(join(home, 'journal', folder)).keys()]).to.deep.equal(['enrolment.json']);
  });

  it('keeps attempts, jobs and deployments apart, and lists a job in order', () => {
    const journal = openJournal(newHome(), operatorKey(0), quick);
    const elsewhere = { ...domain, chainId: 1 };
    for (const round of [10, 2])
      journal.attempt(domain, { ...id, round }).keepCost({ bytesUp: round, started: 0, lastSent: 0 });
    journal.attempt(domain, { ...id, attempt: 11 }).keepCost({ bytesUp: 0, started: 0, lastSent: 0 });
    journal.attempt(domain, id).keepCost({ bytesUp: 5, started: 1, lastSent: 2 });
    journal.attempt(elsewhere, { ...id, round: 1 }).decide('enrolment', enrolment!);
    expect(journal.attemptsOf(domain, 7).map(({ round, attempt }) => `${round}/${attempt}`)).to.deep.equal([
      '2/3',
      '2/11',
      '10/3',
    ]);
    expect(journal.attempt(domain, id).cost()).to.deep.equal({ bytesUp: 5, started: 1, lastSent: 2 });
    expect(journal.attempt(domain, { ...id, round: 1 }).decided('enrolment')).to.equal(null);
    expect(journal.attemptsOf(domain, 8)).to.deep.equal([]);
  });
});

describe('journal of updates', () => {
  afterEach(removeHomes);
  const key = {
    dataset: 4,
    model: digestOfText('m'),
    recipe: digestOfText('r'),
    parameters: digestOfText('p'),
  };
  const update = { quantised: Uint32Array.of(0, 1, 65_534, 32_767), backend: 'wasm' };

  it('keeps one update for each way to compute it, sealed', () => {
    const home = newHome();
    const journal = openJournal(home, operatorKey(0), quick);
    journal.keepUpdate(key, update);
    journal.keepUpdate({ ...key, recipe: digestOfText('r2') }, { ...update, quantised: Uint32Array.of(9) });
    const again = openJournal(home, operatorKey(0), quick);
    expect(again.update(key)).to.deep.equal(update);
    expect(again.update({ ...key, recipe: digestOfText('r2') })?.quantised).to.deep.equal(Uint32Array.of(9));
    for (const other of [{ dataset: 5 }, { model: digestOfText('x') }, { parameters: digestOfText('x') }]) {
      expect(again.update({ ...key, ...other })).to.equal(null);
    }
    const raw = new Uint8Array(update.quantised.buffer);
    for (const [name, bytes] of filesIn(home)) expect(contains(bytes, raw), name).to.equal(false);
  });

  it('remembers inputs by dataset and model, once for each attempt, after the update is erased', () => {
    const journal = openJournal(newHome(), operatorKey(0), quick);
    const sent = { ...domain, ...id, dataset: 4, model: key.model, envelope: members.inputs[0]! };
    journal.keepUpdate(key, update);
    journal.keepSentInput(sent);
    journal.keepSentInput({ ...sent, job: 8 });
    expect(code(() => journal.keepSentInput({ ...sent, envelope: members.inputs[1]! }))).to.equal(
      'journal/decided',
    );
    journal.eraseUpdates(4, key.model);
    expect(journal.update(key)).to.equal(null);
    expect(journal.sentInputs(4, key.model)).to.deep.equal([sent, { ...sent, job: 8 }]);
    expect(journal.sentInputs(4, digestOfText('x'))).to.deep.equal([]);
    expect(journal.sentInputs(5, key.model)).to.deep.equal([]);
    expect(isOf(sent, domain, id)).to.equal(true);
    expect(isOf(sent, domain, { ...id, attempt: 4 })).to.equal(false);
    expect(isOf(sent, { ...domain, chainId: 2 }, id)).to.equal(false);
  });
});
