/** Many views in one request, as of the latest block: a look at the whole state after each of thousands of actions. */
import { Interface, type FunctionFragment } from 'ethers';
import { toPlain, toPlainObject } from '#contracts/abi-values.ts';
import type { TypedAbi } from '#contracts/typed-abi.ts';
import type { Address } from '#protocol/units.ts';

/** A view of one contract, and what it should answer. */
export type Read = Readonly<{ what: string; to: Address; data: string; decode(returned: string): unknown }>;

type Face = TypedAbi<never, never, never, never> | Readonly<{ abi: readonly string[] }>;

/** Makes the reads of one contract. */
export function reader({ abi }: Face, to: Address) {
  const contract = new Interface(abi);
  return (what: string, name: string, ...args: readonly unknown[]): Read => {
    const fragment = contract.getFunction(name);
    if (fragment === null) throw new Error(`the contract has no ${name}`);
    return {
      what,
      to,
      data: args.some((arg) => typeof arg === 'object')
        ? contract.encodeFunctionData(fragment, args)
        : remember(`${name} ${args.join(' ')}`, () => contract.encodeFunctionData(fragment, args)),
      decode: (returned) => remember(`${name} ${returned}`, () => decoded(contract, fragment, returned)),
    };
  };
}

/** Most of the state is as it was an action ago. */
const remembered = new Map<string, unknown>();
const MANY = 50_000;

function remember<T>(key: string, make: () => T): T {
  if (remembered.size > MANY) remembered.clear();
  if (!remembered.has(key)) remembered.set(key, make());
  return remembered.get(key) as T;
}

function decoded(contract: Interface, fragment: FunctionFragment, returned: string): unknown {
  const values = contract.decodeFunctionResult(fragment, returned);
  const [only] = fragment.outputs;
  if (only === undefined) return undefined;
  return fragment.outputs.length === 1 ? toPlain(only, values[0]) : toPlainObject(fragment.outputs, values);
}

/** @returns the answers, in order */
export async function readAll(url: string, reads: readonly Read[]): Promise<unknown[]> {
  const body = reads.map(({ to, data }, id) => ({
    ...{ jsonrpc: '2.0', id, method: 'eth_call' },
    params: [{ to, data }, 'latest'],
  }));
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answers = (await response.json()) as readonly { id: number; result?: string }[];
  const byId = new Map(answers.map(({ id, result }) => [id, result]));
  return reads.map(({ what, decode }, id) => {
    const result = byId.get(id);
    if (result === undefined) throw new Error(`no answer to ${what}`);
    return decode(result);
  });
}
