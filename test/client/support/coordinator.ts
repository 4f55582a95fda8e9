/** A coordinator in memory: keeps what clients send and shows it as the protocol says. Tests bend its views. */
import type { CID } from 'multiformats/cid';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { RoundApi } from '#client/attempt.ts';
import {
  attemptView,
  deliveries,
  type AttemptView,
  type Proposal,
  type ViewOf,
  type WholeView,
} from '#protocol/attempt-view.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type {
  Abort,
  AttestationUpload,
  Confirm,
  Enrolment,
  Input,
  Received,
  Refusal,
  SharesUpload,
  Signed,
  UnmaskingUpload,
} from '#protocol/messages.ts';
import type { Expected } from '#protocol/rules/roster.ts';
import { exportCar } from '#datasets/car.ts';
import type { ScratchStore } from '#datasets/scratch-store.ts';

export type Sent = Readonly<{ call: string; body: object; vector?: Uint8Array }>;

export class MemoryCoordinator {
  readonly id: AttemptId;
  readonly enrolments: Signed<Enrolment>[] = [];
  readonly shares: SharesUpload[] = [];
  readonly receipts: Signed<Received>[] = [];
  readonly inputs: Signed<Input>[] = [];
  readonly vectors = new Map<number, Uint8Array>();
  readonly confirmations: Signed<Confirm>[] = [];
  readonly aborts: Signed<Abort>[] = [];
  readonly unmaskings: UnmaskingUpload[] = [];
  readonly attestations: AttestationUpload[] = [];
  readonly refusals: Signed<Refusal>[] = [];
  /** Everything that left a client, in order. */
  readonly sent: Sent[] = [];
  /** Runs before a call is answered: a test throws from it, or looks at the client's disk. */
  onCall: (call: string) => void = () => undefined;
  earlier: ViewOf<'announced'>['earlier'] = [];
  deadline = 2_000_000_000;
  revision = 1;

  readonly #expected: Expected;
  readonly #evidence: ScratchStore;
  #proposed: CID | null = null;

  constructor(expected: Expected, evidence: ScratchStore) {
    const { job, round, attempt } = expected;
    this.id = { job, round, attempt };
    this.#expected = expected;
    this.#evidence = evidence;
  }

  readonly api: RoundApi = {
    enrol: async (_id, envelope) =>
      this.#take('enrol', envelope, this.enrolments, ({ message }) => message.seat),
    share: async (_id, upload) => this.#take('share', upload, this.shares, ({ message }) => message.member),
    receive: async (_id, envelope) =>
      this.#take('receive', envelope, this.receipts, ({ message }) => message.member),
    upload: async (_id, envelope, vector) => {
      this.vectors.set(envelope.message.member, vector);
      return this.#take('upload', envelope, this.inputs, ({ message }) => message.member, vector);
    },
    confirm: async (_id, envelope) =>
      this.#take('confirm', envelope, this.confirmations, ({ message }) => message.member),
    abort: async (_id, envelope) =>
      this.#take('abort', envelope, this.aborts, ({ message }) => message.attempt * 1000 + message.member),
    unmask: async (_id, upload) =>
      this.#take('unmask', upload, this.unmaskings, ({ message }) => message.member),
    attest: async (_id, upload) => this.#take('attest', upload, this.attestations, ({ seat }) => seat),
    refuse: async (_id, envelope) =>
      this.#take('refuse', envelope, this.refusals, ({ message }) => message.seat),
    deliveries: async (_id, member) => {
      this.onCall('deliveries');
      const dealt = this.shares.map(({ message, ciphertexts }) => ({
        dealer: message.member,
        ciphertext: ciphertexts[member] ?? '0x',
      }));
      return deliveries.parse(dealt.filter(({ dealer }) => dealer !== member));
    },
    evidence: () => this.#evidenceCar(),
  };

  /** Takes over what another one holds, but not what was sent to it. */
  copyFrom(other: MemoryCoordinator): void {
    const lists = [
      'enrolments',
      'shares',
      'receipts',
      'inputs',
      'confirmations',
      'aborts',
      'unmaskings',
      'attestations',
      'refusals',
    ] as const;
    for (const list of lists) this[list].push(...(structuredClone(other[list]) as never[]));
    for (const [member, vector] of other.vectors) this.vectors.set(member, vector.slice());
  }

  /** The view of a phase with all that arrived so far, as it would cross the wire. */
  view<P extends WholeView['phase']>(phase: P, change: Partial<ViewOf<P>> = {}): ViewOf<P> {
    const { terms, model } = this.#expected;
    const base = {
      ...this.id,
      revision: this.revision,
      deadline: this.deadline,
      terms,
      model,
      earlier: this.earlier,
    };
    const sharers = this.shares.map(({ message, signature }) => ({ message, signature }));
    const { enrolments: roster, inputs, confirmations, aborts } = this;
    const parts: Record<WholeView['phase'], object> = {
      announced: {},
      enrolling: {},
      sharing: { roster },
      receiving: { roster, sharers },
      masking: { roster, sharers, excluded: [] },
      confirming: { roster, sharers, inputs },
      unmasking: { roster, sharers, inputs, confirmations },
      settling: { roster, sharers, inputs, confirmations },
      settled: { roster, sharers, inputs, confirmations },
      aborted: { reason: 'test', aborts },
      failed: { reason: 'test', fault: null },
    };
    return onWire({ phase, ...base, ...parts[phase], ...change }) as ViewOf<P>;
  }

  settling(proposal: Proposal): ViewOf<'settling'> {
    this.propose(proposal);
    return this.view('settling', { proposal });
  }

  /** From now on the proposal's evidence is given. */
  propose({ evidence }: Pick<Proposal, 'evidence'>): void {
    this.#proposed = cidFromDigest('dag-cbor', fromHex(evidence));
  }

  async *#evidenceCar(): AsyncGenerator<Uint8Array, void, undefined> {
    this.onCall('evidence');
    if (!this.#proposed) throw new TributaryError('evidence/unknown-block', 'nothing is proposed');
    yield* exportCar(this.#evidence, this.#proposed);
  }

  /** Keeps the first of each sender, as a coordinator does; refuses another. */
  #take<T extends object>(
    call: string,
    body: T,
    list: T[],
    sender: (entry: T) => number,
    vector?: Uint8Array,
  ): void {
    this.onCall(call);
    const plain = JSON.parse(JSON.stringify(body)) as T;
    this.sent.push({ call, body: plain, ...(vector && { vector: vector.slice() }) });
    const held = list.find((entry) => sender(entry) === sender(plain));
    if (!held) {
      list.push(plain);
      list.sort((a, b) => sender(a) - sender(b));
    } else if (JSON.stringify(held) !== JSON.stringify(plain)) {
      throw new TributaryError(`${call}/conflict`, 'another is held already');
    }
  }
}

const onWire = (view: object): AttemptView => attemptView.parse(JSON.parse(JSON.stringify(view)));
