/** A whole round of a launched job, its members played over HTTP until it is settled on chain. */
import type { Launched } from './launch.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { signTyped } from '#protocol/signature.ts';
import type { World } from '#test/contracts/world.ts';
import { cohort, signed } from '#test/support/cohort.ts';
import { receipts, sharings, unmaskingOf } from './fixtures.ts';
import { eventually, untilPhase } from './launch.ts';

export type Played = Readonly<{ id: AttemptId; total: string; members: ReturnType<typeof cohort> }>;

/** All enrol, deal, mask and confirm; `unmaskers` reveal their shares, all seats attest, and the buyer approves. */
export async function playRound(
  of: Readonly<{
    world: World;
    url: string;
    launched: Launched;
    weights: readonly number[];
    unmaskers: readonly number[];
  }>,
): Promise<Played> {
  const { world, url, launched, weights, unmaskers } = of;
  const { job, facts, before } = launched;
  const id = { job: facts.job, round: 1, attempt: 1 };
  const api = coordinatorApi(url);
  const { deadline } = await eventually(() => api.attempt(id));
  const members = cohort({
    n: weights.length,
    id,
    on: { chainId: job.id.chainId, escrow: job.id.escrow },
    expected: { ...job.digests, model: before.digest },
    parameters: job.parameters,
    weight: (member) => weights[member] ?? 1,
    deadline,
  });
  for (const envelope of members.enrolments) await api.enrol(id, envelope);
  for (const event of sharings(members)) if (event.type === 'shares') await api.share(id, event.upload);
  for (const event of receipts(members)) if (event.type === 'received') await api.receive(id, event.envelope);
  for (const [member, vector] of members.vectors) await api.upload(id, members.inputs[member]!, vector);
  for (const envelope of members.confirmations) await api.confirm(id, envelope);
  for (const member of unmaskers) await api.unmask(id, unmaskingOf(members, member));
  const { proposal } = await untilPhase(api, id, 'settling');
  const message = settlementTermsOf(id, proposal);
  for (const seat of weights.keys())
    await api.attest(id, { ...signed(seat, 'Attestation', message, job.id), seat });
  const signature = signTyped(world.buyer.key, job.id, 'Approval', message);
  await api.approve(id, { message, signature });
  await untilPhase(api, id, 'settled');
  return { id, total: proposal.total, members };
}
