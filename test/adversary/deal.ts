/** The liar's members deal among real clients, and answer for what they hold. protocol.md §4.3, §4.11 */
import type { Roster } from '#protocol/rules/roster.ts';
import { sharersOf } from '#protocol/rules/survivors.ts';
import { untilPhase } from '#test/coordinator/launch.ts';
import type { Play } from './play.ts';
import type { Puppet } from './puppet.ts';

/** As the protocol has it: they complain of nobody. Every seat of the job is to deal. */
export async function deal({ api, id }: Play, puppets: readonly Puppet[], roster: Roster): Promise<void> {
  for (const puppet of puppets) await api.share(id, puppet.shares(roster));
  const { sharers } = await untilPhase(api, id, 'receiving');
  if (!Array.isArray(sharers)) throw new Error('all shares were expected');
  for (const puppet of puppets) await api.receive(id, puppet.receive(roster, sharersOf(sharers), []));
}
