/** One job of the stage: the clients that are lied to, the liar's puppets, and what the liar learns. */
import type { SigningKey } from 'ethers';
import type { EphemeralKeys } from '#crypto/agreement.ts';
import { quantise } from '#crypto/quantise.ts';
import type { ChainReads } from '#client/chain.ts';
import { memberSet } from '#crypto/members.ts';
import type { IpfsStore } from '#datasets/ipfs.ts';
import { makePolicy } from '#datasets/policy.ts';
import { digestHex } from '#model/model-store.ts';
import type { SparseTerms } from '#protocol/aggregation.ts';
import type { AttemptView, Neighbourhood } from '#protocol/attempt-view.ts';
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Enrolment, Signed } from '#protocol/messages.ts';
import { buildRoster, type Expected, type Roster } from '#protocol/rules/roster.ts';
import type { Address } from '#protocol/units.ts';
import { newHome, removeHomes } from '#test/client/support/home.ts';
import { updateOf } from '#test/client/support/cohort.ts';
import { at, type Actor, type World } from '#test/contracts/world.ts';
import { sparseTerms } from '#test/coordinator/fixtures.ts';
import { eventually, launchJob } from '#test/coordinator/launch.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { recipeColumns } from '#test/support/lineage.ts';
import { noLie, openFront, type Front, type Lie, type Sent } from './front.ts';
import { Knowledge } from './knowledge.ts';
import type * as OwnerClient from './owner-client.ts';
import type { Running } from './owner-client.ts';
import { addressOf, freshKeys, Puppet } from './puppet.ts';
import { weakened, type Check } from './weakened.ts';

/** What a play stands on. */
export type Ground = Readonly<{
  world: World;
  ipfs: IpfsStore;
  ipfsUrl: string;
  coordinatorUrl: string;
}>;

export type Plan = Readonly<{
  seats: number;
  /** Whose dataset a seat is, of the world's actors, and the number of its operator key. */
  ownerOf: (seat: number, actors: readonly Actor[]) => Actor;
  operatorOf: (seat: number) => number;
  sparse: SparseTerms | null;
}>;

/** Seats of distinct owners with distinct operators. */
export const apart = (seats: number): Plan => ({
  seats,
  ownerOf: (seat, actors) => at(actors, seat),
  operatorOf: (seat) => seat,
  sparse: null,
});

/** The same on a sparse graph: of seven or eight members each has six neighbours, of whom five restore a secret. */
export const sparsely = (seats: number): Plan => ({ ...apart(seats), sparse: sparseTerms });

export type Victim = Readonly<{
  seat: number;
  home: string;
  front: Front;
  /** Codes that it logged, in order. */
  codes: readonly string[];
  /** The kinds of messages that reached the coordinator's socket. */
  calls(): string[];
  stop(): Promise<void>;
}>;

export type Treatment = Readonly<{
  /** What it does not check. */
  without: readonly Check[];
  home: string;
  /** Its IPFS node. */
  ipfsUrl: string;
  bend: (reads: ChainReads) => ChainReads;
  /** Whose owners its policy counts; those of all other seats. */
  vouches: (seat: number) => boolean;
  /** Its RPCs, which must agree. */
  rpcUrls: readonly [string, ...string[]];
}>;

type Launched = Awaited<ReturnType<typeof launchJob>>;

const weight = 4;

export class Play {
  readonly id: AttemptId;
  readonly job: Launched['job'];
  readonly api: CoordinatorApi;
  readonly expected: Expected;
  readonly deadline: number;
  /** May be set at any time: the next answer is bent by it. */
  lie: Lie = noLie;
  readonly #ground: Ground;
  readonly #launched: Launched;
  readonly #victims: Victim[] = [];
  readonly #puppets: Puppet[] = [];

  private constructor(ground: Ground, launched: Launched, api: CoordinatorApi, announced: AttemptView) {
    const { job, facts, before } = launched;
    this.#ground = ground;
    this.#launched = launched;
    this.job = job;
    this.api = api;
    this.id = { job: facts.job, round: 1, attempt: 1 };
    this.expected = { ...this.id, model: before.digest, ...job.digests };
    this.deadline = announced.deadline;
  }

  static async open(ground: Ground, { seats, ownerOf, operatorOf, sparse }: Plan): Promise<Play> {
    const { world, ipfs, coordinatorUrl: url } = ground;
    const actors = [...world.owners, world.deployer, world.stranger];
    const launched = await launchJob({
      ...{ world, ipfs, url, operatorOf, weights: Array.from({ length: seats }, () => weight) },
      ownerOf: (seat) => ownerOf(seat, actors),
      ...(sparse && { sparse }),
    });
    const api = coordinatorApi(url);
    const id = { job: launched.facts.job, round: 1, attempt: 1 };
    return new Play(ground, launched, api, await eventually(() => api.attempt(id)));
  }

  /** Starts the client of a seat. It finds the coordinator at a door of its own. */
  async victim(seat: number, treatment: Partial<Treatment> = {}): Promise<Victim> {
    const { without = [], home = newHome(), bend = (reads: ChainReads) => reads } = treatment;
    const { vouches = () => true } = treatment;
    const { world, coordinatorUrl } = this.#ground;
    const { ipfsUrl = this.#ground.ipfsUrl, rpcUrls = [world.chain.url] } = treatment;
    const { runOwner } = (await weakened('test/adversary/owner-client.ts', without)) as typeof OwnerClient;
    const front = await openFront(coordinatorUrl, seat, () => this.lie);
    const codes: string[] = [];
    const entry = at(this.job.manifest.datasets, seat);
    const running: Running = await runOwner({
      ...{
        deployment: world.deployment,
        rpcUrls,
        ipfsUrl,
        coordinatorUrl: front.url,
        home,
        bend,
      },
      key: operatorKey(seat),
      dataset: entry.dataset,
      digest: digestHex(entry.descriptor),
      descriptor: { ...recipeColumns, rowsBucket: weight, policy: this.#policy(seat, vouches) },
      update: (dimension) => updateOf(seat, dimension),
      said: ({ code }) => {
        if (code !== '') codes.push(code);
      },
    });
    let stopped: Promise<void> | undefined;
    const victim: Victim = {
      ...{ seat, home, front, codes },
      calls: () => front.sent.map(({ call }) => call),
      stop: () => (stopped ??= running.stop().then(() => front.stop())),
    };
    this.#victims.push(victim);
    return victim;
  }

  /** A member that the liar plays. @param as by default the operator that the chain has in the seat, with another's key */
  puppet(
    seat: number,
    as: Partial<
      Readonly<{ key: SigningKey; operator: Address; keys: EphemeralKeys; expected: Expected }>
    > = {},
  ): Puppet {
    const { key = operatorKey(1000 + seat), keys = freshKeys(), expected = this.expected } = as;
    const puppet = new Puppet({
      ...{ job: this.job, expected, seat, key, keys, deadline: this.deadline },
      operator: as.operator ?? addressOf(key),
    });
    this.#puppets.push(puppet);
    return puppet;
  }

  get world(): World {
    return this.#ground.world;
  }

  get seats() {
    return this.#launched.facts.seats;
  }

  /** All that reached the coordinator's doors. */
  sent(): Sent[] {
    return this.#victims.flatMap(({ front }) => front.sent);
  }

  /** Of a complete graph. */
  rosterOf({ roster }: Readonly<{ roster: readonly Signed<Enrolment>[] | Neighbourhood }>): Roster {
    if (!Array.isArray(roster)) throw new Error('a whole roster was expected');
    return buildRoster(this.job.id, roster as readonly Signed<Enrolment>[]);
  }

  knowledge(roster: Roster, id: AttemptId = this.id): Knowledge {
    return new Knowledge({ job: this.job, id, roster, sent: this.sent(), puppets: this.#puppets });
  }

  /** What a seat's training gave, quantised: what must not leave alone. */
  secretOf(seat: number): Uint32Array {
    const { parameters } = this.job;
    return quantise(updateOf(seat, parameters.dimension), weight, parameters);
  }

  /** Waits until a victim would not go along, for this reason, and waits for another view. */
  async refused(victim: Victim, code: string): Promise<void> {
    await this.until(`${code} by seat ${victim.seat}`, () => victim.codes.includes(code));
    await this.until(`other look by seat ${victim.seat}`, victim.front.isWatched);
  }

  /** Waits until the coordinator's doors were sent such messages. */
  async receives(call: string, ...seats: readonly number[]): Promise<void> {
    const got = (seat: number) => this.sent().some((sent) => sent.seat === seat && sent.call === call);
    await this.until(`${call} of seats ${seats.join(', ')}`, () => seats.every(got));
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const said = () => this.#victims.map(({ seat, codes }) => `seat ${seat} said ${codes.join(' ')}`);
    await until(holds, () => `no ${what}; ${said().join(', ')}`);
  }

  async stop(): Promise<void> {
    try {
      for (const victim of this.#victims) await victim.stop();
    } finally {
      removeHomes();
    }
  }

  #policy(self: number, vouches: (seat: number) => boolean) {
    const owners = this.#launched.facts.seats.map(({ owner }) => owner);
    return makePolicy({
      peers: [...new Set(owners.filter((_, seat) => vouches(seat)))].filter(
        (owner) => owner !== owners[self],
      ),
      minimumCohort: 3,
      minimumPrice: 1n,
      maximumRounds: 5,
      layers: ['Dense'],
      coordinators: 'any',
    });
  }
}

const seconds = 40;

/** Waits for a condition, with a deadline. */
async function until(holds: () => boolean, complaint: () => string): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`${complaint()} within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const all = (roster: Roster) => memberSet(roster.members.map(({ index }) => index));
