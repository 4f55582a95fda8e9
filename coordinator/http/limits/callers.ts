/** Who a request was found to be of, for what counts by caller: a key counts as itself, a sign-in as its account. docs/operations.md */
import type { ServerResponse } from 'node:http';
import type { Caller } from '../../access/authorise.ts';

const callers = new WeakMap<ServerResponse, Caller>();

export const noteCaller = (response: ServerResponse, caller: Caller): void =>
  void callers.set(response, caller);
export const callerOfResponse = (response: ServerResponse): Caller | null => callers.get(response) ?? null;

/** A token that was narrowed is of the key that it was made of: nobody multiplies a budget by attenuating. */
export const holderOf = ({ credential, id, subject }: Caller): string =>
  credential === 'key' ? `key ${id}` : `account ${subject}`;
