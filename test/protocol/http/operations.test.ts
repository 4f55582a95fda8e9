/** The typed client and the operations are one API. */
import { expect } from 'chai';
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { Handlers } from '#coordinator/http/route.ts';
import { API_VERSION, operations, type OperationId, type Operations } from '#protocol/http/operations.ts';
import type { Operation } from '#protocol/http/operations/operation.ts';
import { problemsOf } from '#protocol/http/operations/problems.ts';
import { nextOf } from '#protocol/http/paging.ts';
import { statusOf } from '#protocol/http/statuses.ts';
import { errorTable } from '#protocol/errors.ts';
import { tokenOf, encodeToken } from '#protocol/http/token.ts';
import { z } from 'zod';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** Refused by the compiler where the client has a method more or fewer than there are operations. */
const covered: Same<keyof CoordinatorApi, OperationId> = true;
const all: Readonly<Record<string, Operation>> = operations;

describe('the operations of the API', () => {
  it('are the methods of the typed client, by name', () => {
    expect(covered).to.equal(true);
    const methods = Object.entries(coordinatorApi('http://127.0.0.1:1')).filter(
      ([, call]) => typeof call === 'function',
    );
    expect(methods.map(([name]) => name).sort()).to.deep.equal(Object.keys(operations).sort());
  });

  it('have each a method and a path of their own, under the version that they are of', () => {
    const places = Object.values(all).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(places).size).to.equal(places.length);
    const [major] = API_VERSION.split('.');
    for (const { path } of Object.values(all)) expect(path.startsWith(`/v${major}/`), path).to.equal(true);
  });

  it('name in their paths the parameters that they parse, and no others', () => {
    for (const { path, parameters } of Object.values(all)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(parameters.path.shape), path).to.deep.equal(named);
    }
  });

  it('are refused with codes that the table of errors explains, under their status', () => {
    for (const [id, operation] of Object.entries(all))
      for (const [status, codes] of problemsOf(operation))
        for (const code of codes) {
          expect(errorTable, id).to.have.property(code);
          expect(statusOf(code), code).to.equal(status);
        }
  });

  it('are told what the refusals of their parts are', () => {
    const flat = (id: OperationId) => [...problemsOf(operations[id]).values()].flat();
    expect(flat('status')).to.have.members([
      'request/not-acceptable',
      'request/rate-limited',
      'coordinator/internal',
    ]);
    expect(flat('job'))
      .to.include.members(['job/unknown', 'request/schema'])
      .and.not.include('attempt/unknown');
    expect(flat('enrol')).to.include.members([
      'attempt/unknown',
      'request/too-large',
      'request/unsupported-type',
    ]);
    expect(flat('upload')).to.include('request/unsupported-type').and.not.include('request/too-large');
  });
});

describe('a handler', () => {
  type Two = Pick<Operations, 'status' | 'openapi'>;
  const openapi = () => ({ openapi: '3.1.1' });
  const status = () => ({}) as never;

  it('is there for each operation by type, and for nothing else, and answers what its schema says', () => {
    const both: Handlers<Two> = { status, openapi };
    // @ts-expect-error -- an operation has no handler
    const fewer: Handlers<Two> = { openapi };
    // @ts-expect-error -- a handler has no operation
    const more: Handlers<Two> = { status, openapi, launch: openapi };
    // @ts-expect-error -- the answer is not what the operation says
    const other: Handlers<Two> = { status, openapi: () => ({ version: 1 }) };
    expect([both, fewer, more, other].map((one) => Object.keys(one).length)).to.deep.equal([2, 1, 3, 2]);
  });
});

describe('a token in a header', () => {
  const schema = tokenOf(z.strictObject({ name: z.string() }));

  it('carries any text through base64url', () => {
    for (const name of ['x', 'é🌊~', '>>>???', '', 'a'.repeat(1000)]) {
      const token = encodeToken({ name });
      expect(token).to.match(/^[\w-]+$/);
      expect(schema.parse(token)).to.deep.equal({ name });
    }
  });

  it('is refused where it is no base64url, no JSON, or another value', () => {
    for (const bad of ['', 'a b', '{}', 'bm8', '====', encodeToken({ name: 1 }), encodeToken({}), 'A'])
      expect(schema.safeParse(bad).success, bad).to.equal(false);
  });
});

describe('the link to a next page', () => {
  const next = (link: string | null, after = 3) =>
    nextOf(new Headers(link === null ? {} : { link }), after, 'http://c.example/base');

  it('is followed by its cursor', () => {
    expect(next('</v1/jobs?limit=2&after=7>; rel="next"')).to.equal(7);
    expect(next('<https://c/v1/jobs?after=7&limit=2>; rel="next"')).to.equal(7);
    expect(next('</v1/docs>; rel="deprecation", </v1/jobs?limit=2&after=7>; rel="next"')).to.equal(7);
    for (const none of [null, '', '</v1/docs>; rel="help"', '</v1/jobs?after=x>; rel="next"'])
      expect(next(none), String(none)).to.equal(null);
  });

  it('is refused where it does not lead on', () => {
    for (const after of [7, 8])
      expect(() => next('</v1/jobs?after=7>; rel="next"', after))
        .to.throw('http://c.example names a next page')
        .with.property('code', 'coordinator/bad-answer');
  });
});
