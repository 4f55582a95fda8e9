/** From what ethers throws to one coded error. A refusal keeps the contract's own arguments in its message. */
import { Interface, isError, type ErrorFragment, type Result } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { accessToken } from './bindings/access-token.ts';
import { administration } from './bindings/administration.ts';
import { datasetRegistry } from './bindings/dataset-registry.ts';
import { disputes } from './bindings/disputes.ts';
import { openingPolicy } from './bindings/opening-policy.ts';
import { testCoin } from './bindings/test-coin.ts';
import { trainingEscrow } from './bindings/training-escrow.ts';
import { toPlain } from './abi-values.ts';
import { otherRefusal, refusals } from './refusals.ts';

/** What Solidity itself reverts with: a failed `require`, and broken arithmetic or an index out of range. */
const ofSolidity = ['error Error(string message)', 'error Panic(uint256 code)'];

/** The errors of all contracts; those with one name have one signature. */
const known = new Interface([
  ...ofSolidity,
  ...new Set(
    [accessToken, administration, datasetRegistry, disputes, openingPolicy, testCoin, trainingEscrow]
      .flatMap(({ abi }) => abi)
      .filter((fragment) => fragment.startsWith('error ')),
  ),
]);

/** @param data what the contract returned when it reverted, selector first */
export function decodeRefusal(data: string, cause?: unknown): TributaryError {
  const error = parse(data);
  if (error === null) {
    const [code, remedy] = otherRefusal;
    return new TributaryError(code, `${remedy} Its answer: ${data}`, { cause });
  }
  const [code, remedy] = refusals[error.fragment.name] ?? otherRefusal;
  return new TributaryError(code, `The contract refused: ${described(error)}. ${remedy}`, { cause });
}

/**
 * Any failure of a call or a transaction as a coded error; one that is coded already is returned as it is.
 *
 * @param what the action, for the message
 * @returns TributaryError `escrow/…`, `chain/unreachable`, `chain/insufficient-funds`, or `chain/failed`
 */
export function chainError(error: unknown, what: string): TributaryError {
  if (error instanceof TributaryError) return error;
  if (isError(error, 'CALL_EXCEPTION')) return decodeRefusal(error.data ?? '0x', error);
  if (isError(error, 'BAD_DATA')) {
    return new TributaryError(
      'chain/no-contract',
      `There is no such contract (${what}): check the addresses of the deployment and the chain.`,
      { cause: error },
    );
  }
  if (isError(error, 'INSUFFICIENT_FUNDS')) {
    return new TributaryError(
      'chain/insufficient-funds',
      `The account can't pay for gas (${what}): fund it with the chain's own coin.`,
      { cause: error },
    );
  }
  if (isConnectionFailure(error)) {
    return new TributaryError(
      'chain/unreachable',
      `No chain answered (${what}): start it, or check its URL.`,
      {
        cause: error,
      },
    );
  }
  return new TributaryError('chain/failed', `The chain refused ${what}: ${reasonOf(error)}`, {
    cause: error,
  });
}

/** What the node said, or else the library: its whole message holds the transaction and the request as well. */
function reasonOf(error: unknown): string {
  type Answer = Readonly<{ message?: unknown }>;
  const {
    shortMessage,
    info,
    error: answer,
  } = (error ?? {}) as { shortMessage?: unknown; info?: { error?: Answer }; error?: Answer };
  const said = [shortMessage, (info?.error ?? answer)?.message].filter((text) => typeof text === 'string');
  if (said.length > 0) return said.join(': ');
  return error instanceof Error ? error.message : String(error);
}

/** Connection refused, reset, timed out, or a gateway's error page. */
function isConnectionFailure(error: unknown): boolean {
  if (isError(error, 'TIMEOUT') || isError(error, 'NETWORK_ERROR') || isError(error, 'SERVER_ERROR'))
    return true;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(ECONN|EHOST|ENET|ENOTFOUND|EPIPE|EAI_AGAIN|ETIMEDOUT)/.test(code);
}

/** By selector: ethers would hash every signature anew, error by error, at each refusal that it looks up. */
const bySelector = new Map<string, ErrorFragment>();
known.forEachError((fragment) => void bySelector.set(fragment.selector, fragment));

type Parsed = Readonly<{ fragment: ErrorFragment; args: Result }>;

function parse(data: string): Parsed | null {
  const fragment = bySelector.get(data.slice(0, 10).toLowerCase());
  if (!fragment) return null;
  try {
    return { fragment, args: known.decodeErrorResult(fragment, data) };
  } catch {
    return null; // a known selector with arguments that don't decode
  }
}

function described({ fragment, args }: Parsed): string {
  return `${fragment.name} (${namedArguments(fragment, args).join(', ')})`;
}

function namedArguments(fragment: ErrorFragment, args: Result): string[] {
  return fragment.inputs.map((input, index) => `${input.name} ${String(toPlain(input, args[index]))}`);
}
