/** Jobs that stand in phases whose messages are taken nowhere else. */
import type { Proposal } from '#protocol/attempt-view.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { sharings, unmaskingOf } from '#test/coordinator/fixtures.ts';
import { untilPhase, type Launched } from '#test/coordinator/launch.ts';
import { membersOf, untilMasking } from '#test/coordinator/play-round.ts';
import type { Cohort } from '#test/support/cohort.ts';

/** In a phase each; of the last member of each nothing more comes, so that they stay there. */
export type OpenJobs = Readonly<{
  receiving: Cohort;
  confirming: Cohort;
  unmasking: Cohort;
  settling: Readonly<{ members: Cohort; proposal: Proposal }>;
}>;

export async function openJobs(
  api: CoordinatorApi,
  weights: readonly number[],
  launch: () => Promise<Launched>,
): Promise<OpenJobs> {
  const launched = async () => (await membersOf(api, await launch(), weights)).members;
  const receiving = await launched();
  for (const envelope of receiving.enrolments) await api.enrol(receiving.id, envelope);
  for (const event of sharings(receiving))
    if (event.type === 'shares') await api.share(receiving.id, event.upload);

  const confirming = await untilConfirming(api, await launched());
  const unmasking = await untilConfirming(api, await launched());
  const members = await untilConfirming(api, await launched());
  for (const cohort of [unmasking, members])
    for (const envelope of cohort.confirmations) await api.confirm(cohort.id, envelope);
  for (const { index } of members.roster.members) await api.unmask(members.id, unmaskingOf(members, index));
  const { proposal } = await untilPhase(api, members.id, 'settling');
  return { receiving, confirming, unmasking, settling: { members, proposal } };
}

async function untilConfirming(api: CoordinatorApi, members: Cohort): Promise<Cohort> {
  await untilMasking(api, members.id, members);
  for (const [member, vector] of members.vectors) {
    const input = members.inputs[member];
    if (input) await api.upload(members.id, input, vector);
  }
  return members;
}
