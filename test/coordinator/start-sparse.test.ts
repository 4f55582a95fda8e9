/** A sparse round by a coordinator as it is started for good: real chain, IPFS node and database, over a kill in between. */
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { readAttempt, readCommitted } from '#contracts/attempts.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { startCoordinator, type Coordinator } from '#coordinator/start.ts';
import { connectIpfs, type IpfsStore } from '#datasets/ipfs.ts';
import { readBlock } from '#datasets/read-block.ts';
import { carBlockStore } from '#datasets/car.ts';
import { checkProposal } from '#model/check-proposal.ts';
import { evidenceLimit, fetchEvidence } from '#model/fetch-evidence.ts';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { holdersOf } from '#crypto/graph.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { roundSchema, type Draw } from '#protocol/manifests.ts';
import {
  nearConfirmationsFlaw,
  nearSharesFlaw,
  neighbourhoodFlaw,
  rosterFrom,
  shownRoot,
  survivorsProofFlaw,
} from '#protocol/rules/neighbourhood.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { agreedRoot, sharersNear } from '#protocol/rules/survivors.ts';
import { signTyped } from '#protocol/signature.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { join } from 'node:path';
import { cohort, operatorKey, signed } from '#test/support/cohort.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { codeOf } from './code-of.ts';
import { memoryLog } from './fakes.ts';
import { receipts, sharings, sparseTerms, unmaskingOf } from './fixtures.ts';
import { eventually, launchJob, untilPhase } from './launch.ts';
import { newFolder, preparedDatabase, removeFolder } from './store/folder.ts';

const weights = [4, 2, 4, 1, 4, 1, 4, 2];
const SEATS = weights.length;

describe('a coordinator with a sparse job', function () {
  this.timeout(120_000);
  let world: World;
  let node: NodeProcess;
  let ipfs: IpfsStore;
  const folders: string[] = [];
  let coordinator: Coordinator;

  const start = async (): Promise<Coordinator> =>
    startCoordinator({
      folder: folders[0] ?? '',
      host: '127.0.0.1',
      port: 0,
      rpcUrl: world.chain.url,
      ipfsUrl: node.url,
      deployment: world.deployment,
      wallet: new Wallet(world.coordinator.key.privateKey),
      log: memoryLog(),
      prepared: preparedDatabase(),
    });

  before(async () => {
    folders.push(await newFolder(), await newFolder());
    [world, node] = await Promise.all([startWorld(), startIpfsProcess(folders[1] ?? '')]);
    ipfs = connectIpfs(node.url);
    coordinator = await start();
  });
  after(async () => {
    await coordinator.stop();
    await Promise.all([world.stop(), node.stop()]);
    await Promise.all(folders.map(removeFolder));
  });

  it('draws the graph by the chain, fixes survivors there, and settles with the graph in the manifest', async () => {
    const { job, facts, before } = await launchJob({
      world,
      ipfs,
      url: coordinator.url,
      weights,
      sparse: sparseTerms,
    });
    const id = { job: facts.job, round: 1, attempt: 1 };
    const contracts = world.coordinator.contracts;
    let api = coordinatorApi(coordinator.url);
    const announced = await eventually(() => api.attempt(id));
    const options = {
      n: SEATS,
      id,
      on: { chainId: job.id.chainId, escrow: job.id.escrow },
      expected: { ...job.digests, model: before.digest },
      parameters: job.parameters,
      weight: (member: number) => weights[member] ?? 1,
      deadline: announced.deadline,
    };
    for (const envelope of cohort(options).enrolments) await api.enrol(id, envelope);
    await untilPhase(api, id, 'drawing', 2);

    const { roster, seedBlock } = await eventually(
      () => readAttempt(contracts, id),
      ({ outcome }) => outcome === 'committed',
    );
    await world.chain.provider.send('anvil_mine', ['0x2']);
    const block = await world.chain.provider.getBlock(seedBlock);
    const draw = { degree: 6, threshold: 5, seedBlock, randao: block?.prevRandao } as Draw;
    const members = cohort({ ...options, draw });
    /** The same, where member 3 is left out at the end. */
    const left = cohort({ ...options, draw, lostBeforeMasking: [3] });
    expect(roster).to.equal(members.roster.root);

    const sharing = await untilPhase(api, id, 'sharing', 2);
    if (Array.isArray(sharing.roster)) throw new Error('the whole roster');
    const shown = rosterFrom(sharing.roster, 1, draw);
    const frame = { ...members.frame, roster: shown };
    expect(neighbourhoodFlaw(job.id, sharing.roster, shown, 2, members.expected, facts.seats)).to.equal(null);
    for (const event of sharings(members)) if (event.type === 'shares') await api.share(id, event.upload);
    for (const event of receipts(members))
      if (event.type === 'received') await api.receive(id, event.envelope);
    const near = sharersNear(members.roster, 2, members.sharers);
    const delivered = await api.deliveries(id, 2);
    expect(delivered.map(({ dealer }) => dealer)).to.deep.equal(near.indices.filter((one) => one !== 2));

    const places = (dealer: number) => holdersOf(members.roster.graph, dealer).rankOf(2) ?? -1;
    expect(delivered.map(({ ciphertext }) => ciphertext)).to.deep.equal(
      delivered.map(({ dealer }) => toHex(members.dealt.get(dealer)!.ciphertexts[places(dealer)]!)),
    );

    const upload = (member: number) =>
      api.upload(
        id,
        members.inputs.find(({ message }) => message.member === member)!,
        members.vectors.get(member)!,
      );
    for (const member of [0, 1, 2]) await upload(member);
    await coordinator.stop();
    coordinator = await start();
    api = coordinatorApi(coordinator.url);
    const masking = await untilPhase(api, id, 'masking', 2);
    expect(nearSharesFlaw(frame, 2, masking.sharers)).to.equal(null);
    for (const member of [3, 4, 5, 6, 7]) await upload(member);

    for (const member of [0, 1, 2, 4, 5, 6, 7]) await api.confirm(id, members.confirmations[member]!);
    const first = await untilPhase(api, id, 'confirming', 2);
    await api.abort(
      id,
      signed(3, 'Abort', { ...id, member: 3, roster: members.roster.root, reason: 'own' }, job.id),
    );
    const second = await api.attempt(id, first.revision, 10, 2);
    expect(second).to.deep.include({ phase: 'confirming' });
    expect(await codeOf(api.confirm(id, members.confirmations[4]!))).to.equal('confirm/other-survivors');
    for (const envelope of left.confirmations) await api.confirm(id, envelope);
    const unmasking = await untilPhase(api, id, 'unmasking', 2);
    if (Array.isArray(unmasking.inputs)) throw new Error('all inputs');
    const own = left.inputs.find(({ message }) => message.member === 2)!.message.inputRoot;
    expect(survivorsProofFlaw(frame, 2, near, unmasking.inputs, own)).to.equal(null);
    expect(nearConfirmationsFlaw(frame, 2, near, unmasking.inputs, unmasking.confirmations)).to.equal(null);
    expect(shownRoot(shown, unmasking.inputs)).to.equal(agreedRoot(left.roster, left.inputs));
    expect(await readAttempt(contracts, id)).to.deep.include({
      outcome: 'survivors',
      survivors: agreedRoot(left.roster, left.inputs),
    });

    for (const member of [4, 0, 1, 2, 7, 5, 6]) await api.unmask(id, unmaskingOf(left, member));
    const { proposal } = await untilPhase(api, id, 'settling');
    const file = join(folders[0] ?? '', 'evidence.car');
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
      readCommitted: () => readCommitted(contracts, id),
      coordinates: Array.from({ length: job.parameters.dimension }, (_, c) => c),
    });
    await evidence.close();
    expect(verdict).to.have.property('holds', true);

    const message = settlementTermsOf(id, proposal);
    for (let seat = 0; seat < SEATS; seat++) {
      await api.attest(id, { ...signed(seat, 'Attestation', message, job.id), seat });
    }
    await api.approve(id, { message, signature: signTyped(world.buyer.key, job.id, 'Approval', message) });
    await untilPhase(api, id, 'settled', 2);
    const [onChain] = (await readJobFacts(contracts, facts.job)).settlements;
    expect(onChain).to.deep.include({ manifest: proposal.manifest, attempt: 1, quorum: true });
    const cid = cidFromDigest('dag-cbor', fromHex(proposal.manifest));
    const manifest = await readBlock(ipfs, cid, roundSchema, 'the manifest');
    expect(manifest.graph).to.deep.equal(draw);
    expect(manifest.survivors.map(({ member }) => member)).to.deep.equal([0, 1, 2, 4, 5, 6, 7]);
  });
});
