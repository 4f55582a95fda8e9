/** What operations refuse with: a response a status, which says what each code means. RFC 9457 */
import { errorTable } from '#protocol/errors.ts';
import type { Operation } from '#protocol/http/operations/operation.ts';
import { problemsOf } from '#protocol/http/operations/problems.ts';
import { PROBLEM_TYPE } from '#protocol/problem.ts';
import { examples } from './examples.ts';
import { headersOf } from './shared.ts';

type Refusal = ReturnType<typeof responseOf>;

/** Refusals that several operations have, by the names under which the document holds them once. */
export function sharedProblems(operations: readonly Operation[]): Readonly<Record<string, Refusal>> {
  const counts = new Map<string, number>();
  const all = operations.flatMap((operation) => [...problemsOf(operation)]);
  for (const [, codes] of all) counts.set(nameOf(codes), (counts.get(nameOf(codes)) ?? 0) + 1);
  const shared = all.filter(([, codes]) => (counts.get(nameOf(codes)) ?? 0) > 1);
  return Object.fromEntries(shared.map(([status, codes]) => [nameOf(codes), responseOf(status, codes)]));
}

export function problemResponses(operation: Operation, shared: Readonly<Record<string, Refusal>>) {
  const responses = [...problemsOf(operation)].map(([status, codes]) => {
    const name = nameOf(codes);
    return [status, name in shared ? { $ref: `#/components/responses/${name}` } : responseOf(status, codes)];
  });
  return Object.fromEntries(responses) as Record<number, Refusal | { $ref: string }>;
}

/** A status follows from a code, so codes alone name a response. */
const nameOf = (codes: readonly string[]): string => codes.map((code) => code.replace('/', '-')).join('.');

function responseOf(status: number, codes: readonly string[]) {
  const code = codes[0] ?? '';
  const example = { ...examples.problem, ...named(code), status, detail: errorTable[code]?.means ?? code };
  return {
    description: codes.map((one) => `\`${one}\`: ${errorTable[one]?.means ?? ''}`).join('\n\n'),
    headers: headersOf(
      'X-Request-Id',
      'Cache-Control',
      'RateLimit',
      'RateLimit-Policy',
      ...([429, 503, 507].includes(status) ? (['Retry-After'] as const) : []),
      ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ),
    content: {
      [PROBLEM_TYPE]: {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            {
              type: 'object' as const,
              properties: {
                status: { type: 'integer' as const, const: status },
                // Not `enum`: a code may be added without a new version, and a reader must bear it.
                code: { type: 'string' as const, 'x-extensible-enum': [...codes] },
              },
            },
          ],
        },
        example,
      },
    },
  };
}

const named = (code: string) => ({ type: `https://tributary.example/problems/${code}`, title: code, code });
