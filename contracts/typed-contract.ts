/** A contract's methods and events as typed TypeScript, over the generated bindings. No proxy, no magic. */
import { Interface, type EventFragment, type FunctionFragment, type Provider } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';
import { toPlain, toPlainObject } from './abi-values.ts';
import { chainError } from './decode-error.ts';
import type { Mined, Transactor } from './transact.ts';
import type { Placed, RawLog, TypedAbi } from './typed-abi.ts';

type Methods<M> = { [K in keyof M]: (...args: never[]) => unknown };
type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;
type Result<F> = F extends (...args: never[]) => infer R ? R : never;

/** What reading a contract's events takes. */
export type EventSource<Events> = Readonly<{
  address: Address;
  /** Never there: only holds the types. */
  eventTypes?: Events;
  /** Decodes this contract's logs of one event, in order; other logs are left out. */
  events<K extends keyof Events & string>(event: K, logs: readonly RawLog[]): Placed<Events[K]>[];
  /** Topics for a log filter. Null, or a field that is not named, matches all; only indexed fields can be named. */
  topics<K extends keyof Events & string>(event: K, where: Partial<Events[K]>): (string | null)[];
}>;

export type ReadContract<Reads, Events> = EventSource<Events> &
  Readonly<{
    read: Calls<Reads>;
    /** The same as the chain stood after this block. */
    readAt(block: number): Calls<Reads>;
  }>;

type Calls<M> = { [K in keyof M]: (...args: Arguments<M[K]>) => Promise<Result<M[K]>> };

export type WriteContract<Reads, Writes, Events> = ReadContract<Reads, Events> &
  Readonly<{
    /** Sends a transaction and waits until it is confirmed. */
    send: { [K in keyof Writes]: (...args: Arguments<Writes[K]>) => Promise<Mined> };
    /** What a transaction would return or refuse now, without sending it. */
    simulate: Calls<Writes>;
    /** Calldata of a transaction, for dry runs and for others to send. */
    encode: { [K in keyof Writes]: (...args: Arguments<Writes[K]>) => Hex };
  }>;

/**
 * Reads a contract through any provider.
 *
 * Values: addresses and bytes as lower-case hex, integers of up to 48 bits as numbers, wider ones as bigints, structs
 * as plain objects.
 *
 * @throws TributaryError (calls) `escrow/…` when the contract refuses, `chain/unreachable` when no chain answers
 */
export function readContract<R extends Methods<R>, W, E, C>(
  { abi }: TypedAbi<R, W, E, C>,
  address: Address,
  provider: Provider,
): ReadContract<R, E> {
  const contract = new Interface(abi);
  const readsWith = (options: CallOptions) =>
    functionsOf(
      contract,
      true,
      (fragment) =>
        (...args: unknown[]) =>
          call(provider, contract, fragment, address, options, args),
    ) as Calls<R>;
  return {
    address,
    read: readsWith({}),
    readAt: (blockTag) => readsWith({ blockTag }),
    events: (event, logs) => decodeLogs(contract, eventOf(contract, event), address, logs),
    topics: (event, where) => filterTopics(contract, eventOf(contract, event), where),
  };
}

/** Reads, simulates and sends through one account. @throws as `readContract` and `Transactor.send` */
export function writeContract<R extends Methods<R>, W extends Methods<W>, E, C>(
  typed: TypedAbi<R, W, E, C>,
  address: Address,
  transactor: Transactor,
): WriteContract<R, W, E> {
  const contract = new Interface(typed.abi);
  const encode = functionsOf(
    contract,
    false,
    (fragment) =>
      (...args: unknown[]) =>
        contract.encodeFunctionData(fragment, args),
  );
  const send = functionsOf(
    contract,
    false,
    (fragment) =>
      async (...args: unknown[]) =>
        transactor.send({ to: address, data: contract.encodeFunctionData(fragment, args) as Hex }),
  );
  const simulate = functionsOf(
    contract,
    false,
    (fragment) =>
      (...args: unknown[]) =>
        call(transactor.provider, contract, fragment, address, { from: transactor.address }, args),
  );
  return {
    ...readContract(typed, address, transactor.provider),
    encode: encode as WriteContract<R, W, E>['encode'],
    send: send as WriteContract<R, W, E>['send'],
    simulate: simulate as WriteContract<R, W, E>['simulate'],
  };
}

function functionsOf<T>(
  contract: Interface,
  reads: boolean,
  make: (fragment: FunctionFragment) => T,
): Record<string, T> {
  const made: Record<string, T> = {};
  contract.forEachFunction((fragment) => {
    if (fragment.constant === reads) made[fragment.name] = make(fragment);
  });
  return made;
}

type CallOptions = Readonly<{ from?: Address; blockTag?: number }>;

async function call(
  provider: Provider,
  contract: Interface,
  fragment: FunctionFragment,
  to: Address,
  options: CallOptions,
  args: readonly unknown[],
): Promise<unknown> {
  const data = contract.encodeFunctionData(fragment, args);
  try {
    const returned = await provider.call({ to, data, ...options });
    const values = contract.decodeFunctionResult(fragment, returned);
    const [only] = fragment.outputs;
    if (only === undefined) return undefined;
    return fragment.outputs.length === 1 ? toPlain(only, values[0]) : toPlainObject(fragment.outputs, values);
  } catch (error) {
    throw chainError(error, `${fragment.name} of ${to}`);
  }
}

function eventOf(contract: Interface, name: string): EventFragment {
  const fragment = contract.getEvent(name);
  if (fragment === null)
    throw new TributaryError('chain/unknown-event', `The contract has no event ${name}.`);
  return fragment;
}

function decodeLogs<T>(
  contract: Interface,
  fragment: EventFragment,
  address: Address,
  logs: readonly RawLog[],
): Placed<T>[] {
  return logs
    .filter((log) => log.address.toLowerCase() === address && log.topics[0] === fragment.topicHash)
    .map((log) => ({
      args: toPlainObject(fragment.inputs, contract.decodeEventLog(fragment, log.data, log.topics)) as T,
      block: log.blockNumber,
      transaction: log.transactionHash.toLowerCase() as Bytes32,
      logIndex: log.index,
    }));
}

function filterTopics(contract: Interface, fragment: EventFragment, where: object): (string | null)[] {
  const wanted = new Map<string, unknown>(Object.entries(where));
  const values = fragment.inputs.map((input) => wanted.get(input.name) ?? null);
  return contract.encodeFilterTopics(fragment, values) as (string | null)[];
}
