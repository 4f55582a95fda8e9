/**
 * A hundred owners and more: their clients are the same code, with keys, journals and HTTP of their own, but share this
 * process. A process each would take 220 MB, most of it TensorFlow.
 */
import { mkdirSync } from 'node:fs';
import { HDNodeWallet, Wallet } from 'ethers';
import { startClient, type Client } from '#client/agent.ts';
import { claimPay } from '#client/claim.ts';
import { openJournal } from '#client/journal/journal.ts';
import { openLineage } from '#client/lineage.ts';
import { roundStatuses } from '#client/status.ts';
import { readDeployment } from '#cli/chain.ts';
import { fundAccounts } from '#cli/faucet.ts';
import { jobNumber } from '#cli/job-option.ts';
import { describe, schemaFrom } from '#cli/registration/description.ts';
import { offerAccess, registerOnChain } from '#cli/registration/on-chain.ts';
import { connectAs, type SendingContracts } from '#contracts/connect.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { openChain } from '#contracts/provider.ts';
import { createTransactor } from '#contracts/transact.ts';
import { systemRng } from '#crypto/random.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import type { Reading } from '#datasets/schema.ts';
import { digestHex } from '#model/model-store.ts';
import { sparseByDefault } from '#protocol/aggregation.ts';
import { cidOf } from '#protocol/dag.ts';
import { fromDecimal, toAddress } from '#protocol/units.ts';
import { PRICE } from './actors.ts';
import type { Cohort } from './cohort.ts';
import type { StoryData } from './data.ts';
import type { Stack } from './stack.ts';

type Member = Readonly<{
  folder: string;
  data: string;
  reading: Reading;
  salt: Uint8Array;
  operator: HDNodeWallet;
  contracts: SendingContracts;
  dataset: number;
}>;

/** Members whose clients stand still before they upload, in round 1: lost to it, and its sum is right all the same. */
const mostLost = 3;
const phase = 'masking';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const year = 31_536_000n;

export async function crowdCohort(stack: Stack, data: StoryData, called: string): Promise<Cohort> {
  const members = await registerAll(stack, data, called);
  const deployment = readDeployment(stack.folder('deployment.json'));
  const jobOf = (job: string): number => jobNumber(job, deployment);
  let clients: Client[] = [];
  let held = 0;
  // A sparse graph is made to bear so many.
  const lost = Math.min(mostLost, Math.floor(members.length * fromDecimal(sparseByDefault.dropout)));

  const startOne = (member: Member, index: number): Client => {
    const { folder, data: csv, reading, salt, operator, dataset } = member;
    const client = startClient({
      ...{ folder, csv, reading, salt, dataset, deployment },
      key: operator.signingKey,
      rpcUrl: stack.rpc,
      ipfsUrl: stack.ipfsUrl,
      log: silent,
      hold: index < lost ? { phase, round: 1 } : null,
      held: () => (held += 1),
      // A hundred that look twice a second would keep the chain busy with nothing else.
      pollMillis: 4_000,
    });
    return stack.own(client);
  };

  return {
    datasets: members.map(({ dataset }) => dataset),
    start() {
      clients = members.map(startOne);
      return Promise.resolve();
    },
    async happen({ settled, say }) {
      await settled(1);
      say(`round 1: settled without ${held} members, who were lost before their upload`);
      await Promise.all(clients.slice(0, lost).map((client) => client.stop()));
    },
    statuses: (job) =>
      Promise.all(
        members.map(async ({ folder, operator, contracts, dataset }) => {
          const facts = await readJobFacts(contracts, jobOf(job));
          const journal = openJournal(folder, operator.signingKey);
          return { rounds: roundStatuses(journal, deployment, facts, dataset) };
        }),
      ),
    async claim(job) {
      const store = connectIpfs(stack.ipfsUrl);
      for (const { folder, contracts, dataset } of members) {
        await claimPay(contracts, { store, lineage: openLineage(folder) }, jobOf(job), dataset);
      }
    },
    async stop() {
      await Promise.all(clients.map((client) => client.stop()));
      for (const { contracts } of members) contracts.provider.destroy();
    },
  };
}

/** Keys in memory, money for gas, a descriptor each, and two transactions each, all side by side. */
async function registerAll(stack: Stack, data: StoryData, called: string): Promise<Member[]> {
  const deployment = readDeployment(stack.folder('deployment.json'));
  const wallets = data.owners.map(() => Wallet.createRandom());
  const addresses = wallets.map(({ address }) => toAddress(address));
  await fundAccounts(stack.rpc, deployment, addresses, 0n);
  const until = BigInt(Math.floor(Date.now() / 1000)) + year;
  return Promise.all(
    wallets.map(async (wallet, index) => {
      const provider = await openChain(stack.rpc, { chainId: deployment.chainId });
      const contracts = connectAs(deployment, await createTransactor(wallet.connect(provider)));
      const operator = Wallet.createRandom();
      const described = {
        data: data.owners[index] ?? '',
        label: data.recipe.label.name,
        leaveOut: [],
        // A dozen rows say by chance what labels say; the schema is the same for all, and its bounds are public.
        acceptWarnings: true,
        name: `${called} ${index + 1}`,
        description: `Rows of ${called} ${index + 1}`,
        license: 'https://creativecommons.org/licenses/by/4.0/',
        peers: addresses.filter((address) => address !== addresses[index]),
        minimumCohort: 3,
        maximumRounds: 1_000,
      };
      const schema = await schemaFrom(described);
      const salt = systemRng().bytes(32);
      const date = new Date().toISOString().slice(0, 10);
      const { bytes } = await describe(described, schema, { price: PRICE, salt, date });
      const store = connectIpfs(stack.ipfsUrl);
      await store.pin(await store.put('raw', bytes));
      const descriptor = digestHex(cidOf('raw', bytes));
      const dataset = await registerOnChain(contracts, descriptor, toAddress(operator.address));
      await offerAccess(contracts, { dataset, descriptor, price: PRICE, until, cap: 1_000 });
      const folder = stack.folder(`owner-${index + 1}`);
      mkdirSync(folder, { recursive: true });
      return { folder, data: described.data, reading: schema.reading, salt, operator, contracts, dataset };
    }),
  );
}
