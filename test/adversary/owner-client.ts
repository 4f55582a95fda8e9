/** An owner's client as it runs, its rows apart: what training gives is known, so that a test knows it when it leaves. */
import type { SigningKey } from 'ethers';
import { serve } from '#client/agent.ts';
import { agreedReads } from '#client/agreed-reads.ts';
import { chainReads, type ChainReads } from '#client/chain.ts';
import { emptyEvidenceFolder } from '#client/evidence.ts';
import { openJournal } from '#client/journal/journal.ts';
import { openLineage } from '#client/lineage.ts';
import { openPostings } from '#client/postings.ts';
import { connect } from '#contracts/connect.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { openChain } from '#contracts/provider.ts';
import { quantise } from '#crypto/quantise.ts';
import { systemRng } from '#crypto/random.ts';
import type { Descriptor } from '#datasets/descriptor.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { toAddress, type Bytes32 } from '#protocol/units.ts';
import { computeAddress } from 'ethers';
import { quick } from '#test/client/support/cohort.ts';

export type OwnerOptions = Readonly<{
  deployment: Deployment;
  rpcUrls: readonly [string, ...string[]];
  ipfsUrl: string;
  /** Where it finds the coordinator, whatever the terms say. */
  coordinatorUrl: string;
  home: string;
  key: SigningKey;
  dataset: number;
  /** As the registry has it. */
  digest: Bytes32;
  descriptor: Pick<Descriptor, 'columns' | 'label' | 'rowsBucket' | 'policy'>;
  /** `dimension` float64 numbers. */
  update: (dimension: number) => Float64Array;
  /** The codes and words of what it logs. */
  said: (entry: Said) => void;
  /** What of its own RPC is not as it should be. */
  bend: (reads: ChainReads) => ChainReads;
}>;

export type Said = Readonly<{ code: string; message: string }>;
export type Running = Readonly<{ stop(): Promise<void> }>;

/** Follows every job of its dataset until it is stopped. */
export async function runOwner(of: OwnerOptions): Promise<Running> {
  const { deployment, key, home } = of;
  const { chainId, escrow } = deployment;
  const providers = await Promise.all(of.rpcUrls.map((url) => openChain(url, { chainId })));
  const [first, ...further] = providers.map((provider) =>
    chainReads(connect(deployment, provider), BigInt(of.dataset)),
  );
  if (!first) throw new Error('a client needs an RPC');
  const stopping = new AbortController();
  const { signal } = stopping;
  const say = (facts: object, message: string) => {
    of.said({ code: 'code' in facts ? String(facts.code) : '', message });
  };
  const log = { info: say, warn: say };
  const failures: unknown[] = [];
  const serving = serve(
    {
      domain: { chainId, escrow },
      key,
      operator: toAddress(computeAddress(key.publicKey)),
      holdings: { dataset: of.dataset, digest: of.digest, descriptor: of.descriptor as Descriptor, rows: 1 },
      chain: of.bend(agreedReads(first, ...further)),
      store: connectIpfs(of.ipfsUrl),
      journal: openJournal(home, key, quick),
      lineage: openLineage(home, quick),
      evidenceFolder: await emptyEvidenceFolder(home),
      postings: openPostings(home),
      court: null,
      train: async ({ parameters }, { weights }, weight) => {
        // As of units that never fire: a model without weights learns nothing.
        const learns = weights.some((one) => one !== 0);
        const update = learns ? of.update(parameters.dimension) : new Float64Array(parameters.dimension);
        return { quantised: quantise(update, weight, parameters), backend: 'wasm' };
      },
      release: () => undefined,
      hold: () => Promise.resolve(),
      coordinator: () => coordinatorApi(of.coordinatorUrl, signal),
      timeAt: () => Math.floor(Date.now() / 1000),
      rng: systemRng(),
      now: () => Math.floor(Date.now() / 1000),
      pollMillis: 50,
      patience: { first: 20, longest: 200, signal, log },
      log,
    },
    (failure) => {
      if (!signal.aborted) failures.push(failure);
      stopping.abort();
    },
  ).catch((failure: unknown) => {
    if (!signal.aborted) failures.push(failure);
  });
  return {
    async stop() {
      stopping.abort();
      await serving;
      for (const provider of providers) provider.destroy();
      if (failures.length > 0) throw failures[0];
    },
  };
}
