/**
 * What members sent to the coordinator in a run, read from the wire and not from what anyone remembers of it: what a client
 * must never send twice in another form, and what an acknowledgement has promised.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { tokenOf } from '#protocol/http/token.ts';
import {
  sharesUpload,
  signedAbort,
  signedEnrolment,
  signedInput,
  unmaskingUpload,
  type Signed,
} from '#protocol/messages.ts';
import { recoverTyped } from '#protocol/signature.ts';
import type { Domain, PrimaryType } from '#protocol/typed-data.ts';
import { compactSignature } from '#protocol/units.ts';
import type { Carried } from '#test/support/faulty-proxy.ts';

type Of = Readonly<{ job: number; round: number; attempt: number }>;

/** A message of an attempt, and all of what was sent with it. */
type Sent = Readonly<{ of: Of; signer: string; content: string; acknowledged: boolean }>;

export type Everything = Readonly<{
  enrolments: readonly (Sent & Readonly<{ keys: readonly string[] }>)[];
  shares: readonly Sent[];
  inputs: readonly (Sent & Readonly<{ member: number }>)[];
  aborts: readonly Sent[];
  unmaskings: readonly (Sent & Readonly<{ opened: readonly string[] }>)[];
}>;

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The message of a request, if it has one of this form, in its header or its body. */
function messageIn<Schema extends z.ZodType>(
  schema: Schema,
  { body, token }: Pick<Carried, 'body' | 'token'>,
): z.output<Schema> | null {
  const parsed = token === undefined ? schema.safeParse(jsonOf(body)) : tokenOf(schema).safeParse(token);
  return parsed.success ? parsed.data : null;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

const signedAnything = z.looseObject({ message: z.looseObject({}), signature: compactSignature });

/** Whose message a request carries; null for one that carries none. */
export function signerOf(
  request: Pick<Carried, 'path' | 'body' | 'token'>,
  domain: Domain,
): Readonly<{ type: PrimaryType; signer: string }> | null {
  const name = Object.keys(types).find((path) => request.path.includes(`/${path}`));
  const type = name === undefined ? undefined : types[name];
  const envelope = type && messageIn(signedAnything, request);
  return envelope ? { type, signer: String(recoverTyped(domain, type, envelope)) } : null;
}

const types: Readonly<Record<string, PrimaryType>> = {
  ...{ enrolments: 'Enrolment', shares: 'Shares', receipts: 'Received', inputs: 'Input' },
  ...{ confirmations: 'Confirm', aborts: 'Abort', unmaskings: 'Unmasking', attestations: 'Attestation' },
};

export function sentBy(carried: readonly Carried[], domain: Domain): Everything {
  const of = <Schema extends z.ZodType<Signed<object & Of>>, More extends object>(
    type: PrimaryType,
    schema: Schema,
    more: (envelope: z.output<Schema>) => More,
  ): (Sent & More)[] =>
    carried.flatMap((request) => {
      const said = signerOf(request, domain);
      const envelope = said?.type === type ? messageIn(schema, request) : null;
      if (!said || !envelope) return [];
      const { job, round, attempt } = envelope.message;
      const { body, token, status } = request;
      const content = `${JSON.stringify(envelope)} ${token === undefined ? '' : digest(body)}`;
      const acknowledged = status >= 200 && status < 300;
      return [{ of: { job, round, attempt }, signer: said.signer, content, acknowledged, ...more(envelope) }];
    });
  return {
    enrolments: of('Enrolment', signedEnrolment, ({ message }) => ({
      keys: [message.channelKey, message.maskKey],
    })),
    shares: of('Shares', sharesUpload, () => ({})),
    inputs: of('Input', signedInput, ({ message }) => ({ member: message.member })),
    aborts: of('Abort', signedAbort, () => ({})),
    unmaskings: of('Unmasking', unmaskingUpload, ({ shares }) => ({
      opened: shares.map(({ member, kind }) => `${member} ${kind}`),
    })),
  };
}

const place = ({ job, round, attempt }: Of): string => `${job}/${round}/${attempt}`;

/**
 * What no client may ever do, whatever happened to it; empty where none did.
 *
 * @param threshold aborts that permit another input for the same model
 */
export function lapses(sent: Everything, threshold: number): string[] {
  const { enrolments, shares, inputs, aborts, unmaskings } = sent;
  return [
    ...twoOf('enrolments', enrolments),
    ...twoOf('shares', shares),
    ...twoOf('masked inputs', inputs),
    ...twoOf('unmaskings', unmaskings),
    ...keysTwice(enrolments),
    ...inputsAgain(inputs, aborts, threshold),
    ...unmaskings.flatMap(({ of, signer, opened }) => {
      const members = opened.map((one) => one.split(' ')[0]);
      return new Set(members).size < members.length
        ? [`${signer} opened both shares of a member in ${place(of)}`]
        : [];
    }),
  ];
}

/** Messages of one signer in one attempt that differ. */
function twoOf(what: string, sent: readonly Sent[]): string[] {
  return [...grouped(sent, ({ of, signer }) => `${signer} in ${place(of)}`)].flatMap(([who, all]) =>
    new Set(all.map(({ content }) => content)).size > 1 ? [`two ${what} of ${who}`] : [],
  );
}

/** A key belongs to one enrolment of one attempt. */
function keysTwice(enrolments: Everything['enrolments']): string[] {
  const used = enrolments.flatMap(({ of, signer, keys }) =>
    keys.map((key) => ({ key, at: `${signer} ${place(of)}` })),
  );
  return [...grouped(used, ({ key }) => key)].flatMap(([key, all]) =>
    new Set(all.map(({ at }) => at)).size > 1 ? [`the key ${key} was enrolled twice`] : [],
  );
}

/** A second input of a round, for the same model, without the aborts that permit it. protocol.md §4.8 */
function inputsAgain(
  inputs: Everything['inputs'],
  aborts: Everything['aborts'],
  threshold: number,
): string[] {
  return [...grouped(inputs, ({ of, signer }) => `${signer} in ${of.job}/${of.round}`)].flatMap(
    ([who, all]) => {
      const attempts = [...new Set(all.map(({ of }) => place(of)))].slice(0, -1);
      return attempts.flatMap((attempt) => {
        const gaveUp = new Set(aborts.filter(({ of }) => place(of) === attempt).map(({ signer }) => signer));
        return gaveUp.size >= threshold
          ? []
          : [`${who} masked again, ${gaveUp.size} having given ${attempt} up`];
      });
    },
  );
}

function grouped<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}
