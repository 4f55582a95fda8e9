/** A round of a launched job, its members played over HTTP: from their cohort to the settlement on chain. */
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { signTyped } from '#protocol/signature.ts';
import type { World } from '#test/contracts/world.ts';
import { cohort, signed, type Cohort } from '#test/support/cohort.ts';
import { receipts, sharings, unmaskingOf } from './fixtures.ts';
import { eventually, untilPhase, type Launched } from './launch.ts';

/** The members of a job's first attempt, one a weight, once it is announced. */
export async function membersOf(
  api: CoordinatorApi,
  { job, facts, before }: Pick<Launched, 'job' | 'facts' | 'before'>,
  weights: readonly number[],
): Promise<Readonly<{ id: AttemptId; members: Cohort }>> {
  const id = { job: facts.job, round: 1, attempt: 1 };
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
  return { id, members };
}

/** All enrol, deal, and say what they can open: then the attempt is masking. */
export async function untilMasking(api: CoordinatorApi, id: AttemptId, members: Cohort): Promise<void> {
  for (const envelope of members.enrolments) await api.enrol(id, envelope);
  for (const event of sharings(members)) if (event.type === 'shares') await api.share(id, event.upload);
  for (const event of receipts(members)) if (event.type === 'received') await api.receive(id, event.envelope);
}

export type Played = Readonly<{ id: AttemptId; proposal: Proposal; members: Cohort }>;

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
  const { url, launched, weights } = of;
  const api = coordinatorApi(url);
  const { id, members } = await membersOf(api, launched, weights);
  await untilMasking(api, id, members);
  return playFromMasking({ ...of, id, members });
}

/** The rest of it; an input that is there already is sent again. */
export async function playFromMasking(
  of: Parameters<typeof playRound>[0] & Readonly<{ id: AttemptId; members: Cohort }>,
): Promise<Played> {
  const { world, url, launched, weights, unmaskers, id, members } = of;
  const api = coordinatorApi(url);
  for (const [member, vector] of members.vectors) await api.upload(id, members.inputs[member]!, vector);
  for (const envelope of members.confirmations) await api.confirm(id, envelope);
  for (const member of unmaskers) await api.unmask(id, unmaskingOf(members, member));
  const { proposal } = await untilPhase(api, id, 'settling');
  const domain = launched.job.id;
  const message = settlementTermsOf(id, proposal);
  for (const seat of weights.keys())
    await api.attest(id, { ...signed(seat, 'Attestation', message, domain), seat });
  const signature = signTyped(world.buyer.key, domain, 'Approval', message);
  await api.approve(id, { message, signature });
  await untilPhase(api, id, 'settled');
  return { id, proposal, members };
}
