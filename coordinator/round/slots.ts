/** Lists with one slot a member or seat, kept ascending: the order in which readers demand them. protocol.md §4.1 */
import { isDeepStrictEqual } from 'node:util';

type FromMember = Readonly<{ message: Readonly<{ member: number }> }>;

export const byMember = ({ message }: FromMember): number => message.member;

/** The list with one more entry at its place; the caller has seen that its slot is free. */
export function inserted<T>(list: readonly T[], entry: T, slotOf: (entry: T) => number): readonly T[] {
  const slot = slotOf(entry);
  const after = list.findIndex((other) => slotOf(other) > slot);
  return list.toSpliced(after < 0 ? list.length : after, 0, entry);
}

export const holds = (list: readonly FromMember[], member: number): boolean =>
  list.some((entry) => byMember(entry) === member);

/** Whether two messages say the same; a database may have given the keys back in another order. */
export const sameContent = (a: object, b: object): boolean => isDeepStrictEqual(a, b);
