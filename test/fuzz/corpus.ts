/** Right bodies for each operation that takes one, by jobs where they are taken, from which the fuzzer's are bent. */
import type { SigningKey } from 'ethers';
import type { AttemptId } from '#protocol/job-id.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { signTyped } from '#protocol/signature.ts';
import {
  abortOf,
  attestationOf,
  receiptOf,
  refusalOf,
  sharings,
  unmaskingOf,
} from '#test/coordinator/fixtures.ts';
import type { Played } from '#test/coordinator/play-round.ts';
import type { Cohort } from '#test/support/cohort.ts';
import type { Corpus, Known } from '#test/support/documented/requests.ts';
import type { OpenJobs } from './open-jobs.ts';
import type { DeadLetter, Tenant } from './tenants.ts';

type Of = Readonly<{
  tenants: readonly Tenant[];
  letters: readonly DeadLetter[];
  settled: readonly Played[];
  open: OpenJobs;
  buyer: SigningKey;
}>;

/** The members who send: of the last one nothing comes, so that no attempt ends. */
const SENDERS = [0, 1];

const pathOf = ({ job, round, attempt }: AttemptId, member = 0): Record<string, string> => ({
  ...{ job: `${job}`, round: `${round}`, attempt: `${attempt}`, member: `${member}` },
});

export function corpusOf({ tenants, letters, settled, open, buyer }: Of): Corpus {
  const everyone = [...settled.map(({ members }) => members), open.settling.members];
  type Body = (members: Cohort, member: number) => unknown;
  const each = (body: Body, of: readonly Cohort[] = everyone): Known[] =>
    of.flatMap((members) =>
      SENDERS.map((member) => ({ path: pathOf(members.id, member), body: body(members, member) })),
    );
  const eachTenant = (bodies: (tenant: Tenant) => readonly unknown[]): Known[] =>
    tenants.flatMap((tenant) => bodies(tenant).map((body) => ({ path: {}, body })));
  const approvals = settled.map(({ id, proposal, members }) => {
    const message = settlementTermsOf(id, proposal);
    return {
      path: pathOf(id),
      body: { message, signature: signTyped(buyer, members.domain, 'Approval', message) },
    };
  });
  const { receiving, confirming, unmasking, settling } = open;
  const shared = (members: Cohort, member: number) => {
    const event = sharings(members)[member];
    return event?.type === 'shares' ? event.upload : null;
  };
  return {
    known: {
      enrol: each((members, member) => members.enrolments[member]),
      share: each(shared),
      receive: each((members, member) => receiptOf(members, member, []), [receiving]),
      upload: each((members, member) => members.inputs[member]),
      confirm: each((members, member) => members.confirmations[member]),
      unmask: each((members, member) => unmaskingOf(members, member), [unmasking]),
      abort: [aborted(confirming)],
      attest: settled.map(({ members, proposal }) => attested(members, proposal)),
      refuse: [refused(settling)],
      approve: approvals,
      signIn: eachTenant(({ signIns }) => signIns),
      refresh: eachTenant(({ refreshTokens }) => refreshTokens.map((refreshToken) => ({ refreshToken }))),
      signOut: eachTenant(({ refreshTokens }) =>
        refreshTokens.slice(0, 2).map((refreshToken) => ({ refreshToken })),
      ),
      createKey: eachTenant(({ wantedKey }) => [wantedKey]),
    },
    paths: [
      ...[...everyone, confirming].flatMap(({ id }) => [pathOf(id), pathOf(id, 2)]),
      ...tenants.flatMap(({ spareKeys }) => spareKeys.map((key) => ({ key }))),
      ...letters,
    ].map((path) => ({
      ...{ ...pathOf(confirming.id), key: tenants[0]?.spareKeys[0] ?? '', ...letters[0] },
      ...path,
    })),
    authorizations: tenants.flatMap(({ token, accessToken }) =>
      [token, token, token, accessToken].map((one) => `Bearer ${one}`),
    ),
  };
}

function aborted(members: Cohort): Known {
  const event = abortOf(members, 0);
  return { path: pathOf(members.id), body: event.type === 'abort' ? event.envelope : null };
}

function attested(members: Cohort, proposal: Played['proposal']): Known {
  const event = attestationOf(members, proposal, 0);
  return { path: pathOf(members.id), body: event.type === 'attestation' ? event.upload : null };
}

function refused({ members, proposal }: OpenJobs['settling']): Known {
  const event = refusalOf(members, proposal.manifest, 0);
  return { path: pathOf(members.id), body: event.type === 'refusal' ? event.envelope : null };
}
