/** The coordinator as it is started for good: real chain, real IPFS node, real database, typed client. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { readJobFacts } from '#contracts/job-facts.ts';
import { systemClock } from '#coordinator/driver/clock.ts';
import { lineageLoader } from '#coordinator/jobs/lineage.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { startCoordinator, type Coordinator } from '#coordinator/start.ts';
import { connectIpfs, type IpfsStore } from '#datasets/ipfs.ts';
import { carBlockStore } from '#datasets/car.ts';
import { checkProposal } from '#model/check-proposal.ts';
import { evidenceLimit, fetchEvidence } from '#model/fetch-evidence.ts';
import { fromHex } from '#crypto/bytes.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { signTyped } from '#protocol/signature.ts';
import { toSeconds } from '#protocol/units.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { operatorAddress, operatorKey, signed } from '#test/support/cohort.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { signedMessage } from './access/signing-in.ts';
import { codeOf } from './code-of.ts';
import { memoryLog } from './fakes.ts';
import { unmaskingOf } from './fixtures.ts';
import { eventually, launchJob, untilPhase } from './launch.ts';
import { membersOf, untilMasking } from './play-round.ts';
import { newFolder, preparedDatabase, removeFolder } from './store/folder.ts';

const SEATS = 5;
const weights = [4, 2, 4, 1, 4];

/** Evidence that is gone is refused before its root or its size are looked at. */
const anyRoot = cidFromDigest('dag-cbor', new Uint8Array(32));
const mostEvidence = { bytes: 1_000, blocks: 2 };

describe('a coordinator, started', function () {
  this.timeout(120_000);
  let world: World;
  let node: NodeProcess;
  let ipfs: IpfsStore;
  const folders: string[] = [];
  let folder: string;
  let coordinator: Coordinator;
  const log = memoryLog();

  const start = async (changes: object = {}): Promise<Coordinator> =>
    startCoordinator({
      folder,
      host: '127.0.0.1',
      port: 0,
      rpcUrl: world.chain.url,
      ipfsUrl: node.url,
      deployment: world.deployment,
      wallet: new Wallet(world.coordinator.key.privateKey),
      log,
      prepared: preparedDatabase(),
      ...changes,
    });

  before(async () => {
    folders.push((folder = await newFolder()), await newFolder());
    [world, node] = await Promise.all([startWorld(), startIpfsProcess(folders[1] ?? '')]);
    ipfs = connectIpfs(node.url);
    coordinator = await start();
  });
  after(async () => {
    await coordinator.stop();
    await Promise.all([world.stop(), node.stop()]);
    await Promise.all(folders.map(removeFolder));
  });

  const launch = () => launchJob({ world, ipfs, url: coordinator.url, weights });

  it('settles a round of a job that it found on chain, over a restart in the middle, and announces the next', async () => {
    const launched = await launch();
    const { job, facts, before } = launched;
    const id = { job: facts.job, round: 1, attempt: 1 };
    let api = coordinatorApi(coordinator.url);
    const announced = await eventually(() => api.attempt(id));
    expect(announced).to.deep.include({ phase: 'announced', model: before.digest, terms: job.digests.terms });
    const { members } = await membersOf(api, launched, weights);
    await untilMasking(api, id, members);
    const upload = (member: number) => api.upload(id, members.inputs[member]!, members.vectors.get(member)!);
    for (const member of [0, 1, 2]) await upload(member);

    await coordinator.stop();
    coordinator = await start();
    api = coordinatorApi(coordinator.url);
    const again = await untilPhase(api, id, 'masking');
    expect(again.roster).to.deep.equal(members.enrolments);
    for (const member of [2, 3, 4]) await upload(member);

    for (const envelope of members.confirmations) await api.confirm(id, envelope);
    for (const member of [4, 0, 3, 1]) await api.unmask(id, unmaskingOf(members, member));
    const { proposal } = await untilPhase(api, id, 'settling');

    const file = join(folder, 'evidence.car');
    const root = cidFromDigest('dag-cbor', fromHex(proposal.evidence));
    const now = () => Math.floor(Date.now() / 1000);
    await fetchEvidence(file, root, evidenceLimit(job), {
      ...{ api, domain: job.id, id, key: operatorKey(2), now },
    });
    const evidence = await carBlockStore(file);
    const verdict = await checkProposal({
      job,
      id,
      proposal,
      seats: facts.seats,
      bonusPool: facts.bonusPool,
      before,
      previous: null,
      store: ipfs,
      evidenceStore: evidence,
      readCommitted: () => Promise.reject(new Error('asked about a sparse attempt')),
      coordinates: Array.from({ length: job.parameters.dimension }, (_, c) => c),
    });
    await evidence.close();
    expect(verdict).to.have.property('holds', true);

    const message = settlementTermsOf(id, proposal);
    for (let seat = 0; seat < SEATS; seat++) {
      await api.attest(id, { ...signed(seat, 'Attestation', message, job.id), seat });
    }
    await api.approve(id, {
      message,
      signature: signTyped(world.buyer.key, job.id, 'Approval', message),
    });
    const settled = await untilPhase(api, id, 'settled');
    const [onChain] = (await readJobFacts(world.coordinator.contracts, facts.job)).settlements;
    expect(onChain).to.deep.include({
      manifest: proposal.manifest,
      transaction: settled.transaction,
      quorum: true,
    });

    const next = await eventually(
      () => api.job(facts.job),
      ({ round }) => round === 2,
    );
    expect(next).to.deep.equal({ job: facts.job, state: 'active', round: 2, attempt: 1, rounds: 2 });
    const second = await api.attempt({ ...id, round: 2 });
    expect(verdict.holds && second.model === verdict.result.after.digest).to.equal(true);
  });

  it('waits for a chain that does not know the round before yet', async () => {
    const { job, facts, before } = await launch();
    const load = lineageLoader(world.coordinator.contracts, ipfs, job.id);
    expect(await load({ job: facts.job, round: 1 })).to.deep.include({ before: before.cid, previous: null });
    expect(await codeOf(load({ job: facts.job, round: 2 }))).to.equal('chain/behind');
  });

  it('signs in under the URL that it says, and knows its tokens after a restart', async () => {
    const key = operatorKey(0);
    const api = coordinatorApi(coordinator.url);
    const signed = await signedMessage({ api, clock: systemClock }, key);
    expect(signed.message).to.contain(`URI: ${coordinator.url}\n`);
    const { accessToken, refreshToken } = await api.signIn(signed);
    await coordinator.stop();
    coordinator = await start();
    const again = coordinatorApi(coordinator.url);
    expect(await again.account(accessToken)).to.include({
      subject: operatorAddress(0),
      credential: 'access',
    });
    expect(await codeOf(again.signIn(signed))).to.equal('auth/message');
    expect(await codeOf(again.refresh(refreshToken))).to.equal('resolved');
    const logged = JSON.stringify(log.lines);
    for (const secret of [accessToken, refreshToken, signed.signature]) expect(logged).not.to.contain(secret);
  });

  it('refuses a second one in its folder, a port that is taken, and another chain', async () => {
    expect(await codeOf(start())).to.equal('database/locked');
    const other = await newFolder();
    folders.push(other);
    const port = Number(new URL(coordinator.url).port);
    expect(await codeOf(start({ folder: other, port }))).to.equal('coordinator/port-taken');
    expect(await codeOf(start({ folder: other, deployment: { ...world.deployment, chainId: 5 } }))).to.equal(
      'chain/other-chain',
    );
    expect(await codeOf(start({ folder: other, rpcUrl: 'http://127.0.0.1:9' }))).to.equal(
      'chain/unreachable',
    );
  });

  it('deletes evidence whose time by the terms is over, and says so', async () => {
    const evidence = join(folder, 'evidence');
    const [kept] = (await readdir(evidence)).filter((name) => name.endsWith('-1-1'));
    const [, job] = /^(\d+)-1-1$/.exec(kept ?? '') ?? [];
    const id = { job: Number(job), round: 1, attempt: 1 };
    const { settlements } = await readJobFacts(world.coordinator.contracts, id.job);
    const over = (settlements[0]?.readyAt ?? 0) + 90 * 86_400;

    await coordinator.stop();
    await world.chain.mineAt(over);
    const later = { ...systemClock, now: () => toSeconds(over) };
    coordinator = await start({ clock: later });
    await eventually(
      async () => readdir(evidence),
      (names) => !names.includes(kept ?? '') && names.includes(`${kept}.expired`),
    );
    const { chainId, escrow } = world.deployment;
    const asked = fetchEvidence(join(folder, 'again.car'), anyRoot, mostEvidence, {
      ...{ api: coordinatorApi(coordinator.url), domain: { chainId, escrow }, id },
      ...{ key: operatorKey(2), now: () => over },
    });
    expect(await codeOf(asked)).to.equal('evidence/expired');
  });
});
