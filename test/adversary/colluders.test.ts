/** A coordinator that keeps to the protocol, with members that tell it all they know. protocol.md §3.7, §3.8 */
import { expect } from 'chai';
import { memberSet } from '#crypto/members.ts';
import { buildRoster } from '#protocol/rules/roster.ts';
import { all, apart, sparsely, type Plan, type Play } from './play.ts';
import { sparseAttempt } from './sparse-attempt.ts';
import { Stage } from './stage.ts';

describe('a coordinator with colluding members', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  const graphs: readonly Readonly<{ name: string; plan: Plan; threshold: number }>[] = [
    { name: 'the complete graph', plan: apart(5), threshold: 4 },
    { name: 'a sparse graph', plan: sparsely(7), threshold: 5 },
  ];

  /** A round up to the shares that clients open. @returns what coordinator and colluders know then */
  async function unmasked(play: Play, { plan, threshold }: (typeof graphs)[number], colluders: number) {
    const clients = plan.seats - colluders;
    const { liar, victims } = await sparseAttempt(play, clients, {});
    const enrolments = await liar.freeze(victims);
    if (plan.sparse) await liar.draw(enrolments);
    else liar.roster = buildRoster(play.job.id, enrolments);
    expect(liar.roster.threshold).to.equal(threshold);
    const { shares, inputs } = await liar.collect(victims);
    liar.tell(victims, 'confirming', { shares, inputs });
    const confirmations = await liar.confirmations(victims, inputs);
    if (plan.sparse) await liar.fix(inputs);
    liar.tell(victims, 'unmasking', { shares, inputs, confirmations });
    await liar.unmaskings(clients);
    const [knowledge, everyone] = [liar.knowledge(), all(liar.roster)];
    return {
      opened: victims.map(({ seat }) => knowledge.open(seat, everyone)),
      sum: knowledge.sum(memberSet(victims.map(({ seat }) => seat)), everyone),
    };
  }

  for (const graph of graphs) {
    const { name, plan, threshold } = graph;
    it(`learns the sum alone in ${name} with one colluder less than restore a secret`, () =>
      stage.play(plan, async (play) => {
        const { opened, sum } = await unmasked(play, graph, threshold - 1);
        const secrets = opened.map((_, seat) => play.secretOf(seat));
        expect(opened).to.deep.equal(secrets.map(() => null));
        expect(sum).to.deep.equal(secrets.reduce((a, b) => a.map((word, at) => word + (b[at] ?? 0))));
      }));

    it(`learns each update in ${name} with one more`, () =>
      stage.play(plan, async (play) => {
        const { opened } = await unmasked(play, graph, threshold);
        expect(opened).to.deep.equal(opened.map((_, seat) => play.secretOf(seat)));
      }));
  }
});
