/** Who was left out of U2, with as many signed complaints as it takes: what each reader checks. protocol.md §4.11 */
import type { Excluded } from '#protocol/attempt-view.ts';
import { complaintsOf, excludingFrom } from '#protocol/rules/received.ts';
import { rosterOf } from './frame.ts';
import type { Masking } from './masking.ts';

/** @param near whom a reader is shown; by default everyone */
export function excludedIn(state: Masking, near: (dealer: number) => boolean = () => true): Excluded[] {
  const { graph } = rosterOf(state);
  return state.excluded.filter(near).map((dealer) => ({
    dealer,
    complaints: complaintsOf(graph, dealer, state.receipts).slice(0, excludingFrom(graph, dealer)),
  }));
}
