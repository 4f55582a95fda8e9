/** A chain by its URL: a provider that has answered once, or a coded error after a bounded wait. */
import { FetchRequest, Network, type JsonRpcProvider } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { shownUrl } from '#protocol/shown-url.ts';
import { ObservedProvider, type Observer } from './observed-provider.ts';

/** Anvil's chain id: only there do test coins and deterministic accounts exist. */
export const LOCAL_CHAIN = 31_337;

const LOCAL_POLLING_MS = 100;
const PUBLIC_POLLING_MS = 4_000;

/**
 * Connects to a chain.
 *
 * ethers by itself retries a dead URL for ever; here the first answer decides, and the network is then taken as fixed.
 *
 * @param timeoutMs for each request
 * @param answered told of each request
 * @param headers what is sent with a request, asked when its call is made
 * @throws TributaryError `chain/unreachable`; `chain/other-chain` when `chainId` is given and differs
 */
export async function openChain(
  url: string,
  {
    timeoutMs = 10_000,
    chainId,
    answered = () => undefined,
    headers = () => ({}),
  }: Readonly<{ timeoutMs?: number; chainId?: number }> & Partial<Observer> = {},
): Promise<JsonRpcProvider> {
  const found = await askChainId(url, timeoutMs);
  if (chainId !== undefined && found !== chainId) {
    throw new TributaryError(
      'chain/other-chain',
      `${shownUrl(url)} is chain ${found}, but chain ${chainId} was meant: check the URL or the deployment.`,
    );
  }
  const request = new FetchRequest(url);
  request.timeout = timeoutMs;
  return new ObservedProvider({ answered, headers }, request, Network.from(found), {
    staticNetwork: true,
    // Batching holds each call back for milliseconds to wait for company that seldom comes.
    batchMaxCount: 1,
    pollingInterval: found === LOCAL_CHAIN ? LOCAL_POLLING_MS : PUBLIC_POLLING_MS,
    // A cached block number or nonce is a stale one: blocks here may be milliseconds apart.
    cacheTimeout: -1,
  });
}

/** Blocks on top of a transaction's own, itself counted, that make it count. */
export function confirmationsFor(chainId: number): number {
  return chainId === LOCAL_CHAIN ? 1 : 12;
}

/**
 * Least blocks from a roster's commitment to the block that draws its graph. On Ethereum 64: no proposer is known so long
 * before, so nobody can commit just when the last proposers ahead of the seed are its own. protocol.md §5.4
 */
export function seedOffsetFor(chainId: number): number {
  return chainId === LOCAL_CHAIN ? 2 : 64;
}

async function askChainId(url: string, timeoutMs: number): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { result } = (await response.json()) as { result?: unknown };
    const chainId = Number(result);
    if (Number.isSafeInteger(chainId) && chainId > 0) return chainId;
  } catch (error) {
    throw unreachable(url, error);
  }
  throw unreachable(url, undefined);
}

function unreachable(url: string, cause: unknown): TributaryError {
  return new TributaryError(
    'chain/unreachable',
    `No chain answers at ${shownUrl(url)}: start one ("npm run demo" does), or check the URL.`,
    { cause },
  );
}
