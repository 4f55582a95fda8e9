/** Members that decide as the model does (protocol-client.ts). */
import type { Player } from './play.ts';
import { ProtocolClient, type Rule } from './protocol-client.ts';

export const modelPlayers = (n: number, without: readonly Rule[] = []): Player[] =>
  Array.from({ length: n }, (_, member) => playerOf(new ProtocolClient(member, without)));

const playerOf = (client: ProtocolClient): Player => ({
  enrol: async (attempt, earlier) => {
    for (const { attempt: ended, aborts, threshold } of earlier) client.keepAborts(ended, aborts, threshold);
    const aborts = earlier.map(({ attempt: ended }) => ended).filter((ended) => client.giveUp(ended));
    return { enrolled: client.enrol(attempt), aborts };
  },
  share: async (attempt) => client.share(attempt),
  mask: async (attempt, view) => client.mask(attempt, view),
  confirm: async (attempt, view) => client.confirm(attempt, view),
  unmask: async (attempt, view) => client.unmask(attempt, view),
});
