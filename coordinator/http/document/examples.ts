/** What the main messages look like. The digests are made up; a test holds each example against its schema. */

/** The same byte over and over: nobody takes it for a real one. */
const bytes = (digits: string, count: number): string => `0x${digits.repeat(count)}`;
const digest = (digits: string): string => bytes(digits, 32);

const signature = bytes('51', 64);
const seconds = 1_893_456_000;
const id = { job: 7, round: 2, attempt: 1 };
const ofMember = { ...id, member: 2, roster: digest('a0') };
const escrow = bytes('e5', 20);
const coordinator = bytes('c0', 20);
const settlement = {
  ...id,
  manifest: digest('b0'),
  payoutRoot: digest('b1'),
  total: '7500000',
  participants: digest('b2'),
  deadline: seconds,
};

const wantedKey = {
  ...{ name: 'auditors', scopes: ['evidence:read'], expiresAt: seconds },
  caveats: [{ kind: 'job', job: 7 }],
};

const wantedWebhook = { url: 'https://receiver.example/tributary', job: 7 };

export const examples = {
  bytes32: digest('ab'),
  address: escrow,
  signature,
  seconds,
  enrolment: {
    message: {
      ...id,
      seat: 4,
      operator: bytes('0b', 20),
      channelKey: digest('c1'),
      maskKey: digest('c2'),
      model: digest('d1'),
      recipe: digest('d2'),
      terms: digest('d3'),
      parameters: digest('d4'),
      deadline: seconds,
      backend: 'wasm',
    },
    signature,
  },
  shares: {
    message: { ...ofMember, seedDigest: digest('a1'), shareRoot: digest('a2'), ciphertextRoot: digest('a3') },
    signature,
    ciphertexts: [bytes('f0', 146), bytes('f1', 146), '0x'],
  },
  input: { message: { ...ofMember, sharers: digest('a4'), inputRoot: digest('a5') }, signature },
  confirm: { message: { ...ofMember, sharers: digest('a4'), survivors: digest('a6') }, signature },
  attestation: { message: settlement, signature, seat: 4 },
  evidenceRequest: { message: { ...id, requester: bytes('b4', 20), deadline: seconds }, signature },
  status: {
    ...{ version: 1, chainId: 31_337, escrow, coordinator, startedAt: seconds },
    ...{ instance: '5f0c1a3e-9d0b-4f7e-8a53-0d6c2f1b7e44', database: 'embedded' },
    jobs: { active: 2, finished: 5, failed: 0 },
    draining: false,
    policy: {
      digest: digest('c5'),
      limits: {
        address: { reads: 30_000, messages: 6_000 },
        caller: { reads: 6_000, messages: 1_200 },
        bodyBytes: 4_194_304,
      },
      quotas: { requests: 100_000, bytes: null, jobs: 20 },
    },
  },
  job: { job: 7, state: 'active', round: 2, attempt: 1, rounds: 10 },
  event: {
    ...{ type: 'phase', id: '5f0c1a3e9d0b-12', ...id, at: seconds - 30 },
    ...{ phase: 'masking', revision: 4, deadline: seconds },
  },
  announced: {
    ...{
      phase: 'announced',
      ...id,
      revision: 1,
      deadline: seconds,
      terms: digest('d3'),
      model: digest('d1'),
    },
    earlier: [],
  },
  nonce: { nonce: '5f'.repeat(16), url: 'https://tributary.example', chainId: 31_337, expiresAt: seconds },
  tokens: {
    accessToken: `triba_${'A'.repeat(86)}`,
    expiresAt: seconds,
    refreshToken: `tribr_${'A'.repeat(43)}`,
    refreshUntil: seconds + 2_591_100,
    scopes: ['evidence:read', 'keys:write'],
  },
  account: {
    subject: bytes('b4', 20),
    credential: 'key',
    scopes: ['evidence:read'],
    expiresAt: seconds,
    caveats: [
      { kind: 'scope', scopes: ['evidence:read'] },
      { kind: 'expires', at: seconds },
      { kind: 'rounds', first: 2, last: 5 },
    ],
  },
  wantedKey,
  key: { id: '0f'.repeat(16), ...wantedKey, createdAt: seconds - 86_400 },
  wantedWebhook,
  webhook: {
    ...{ id: '0e'.repeat(16), ...wantedWebhook, createdAt: seconds - 86_400 },
    ...{ waiting: 1, dead: 0 },
  },
  deadLetter: {
    ...{ id: `msg_${'0d'.repeat(16)}`, type: 'job.settled', createdAt: seconds - 86_400 },
    ...{ diedAt: seconds, tries: 11, failure: 'webhook/refused (500)' },
  },
  problem: {
    type: 'https://tributary.example/problems/attempt/wrong-phase',
    title: 'attempt/wrong-phase',
    status: 409,
    code: 'attempt/wrong-phase',
    detail: 'this attempt is masking, which takes no Enrolment: read it again',
    instance: 'urn:uuid:3f2b7c1e-9a4d-4b60-8f1c-2d5e6a7b8c9d',
  },
} as const;
