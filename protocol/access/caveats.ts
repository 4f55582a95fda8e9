/** What narrows a token: first-party caveats of a closed set, each with one spelling. Birgisson et al. 2014 §II; docs/api.md */
import { z } from 'zod';
import { jobNumber, u32 } from '../units.ts';
import { scopeList, scopes } from './scopes.ts';

const MOST_DATASETS = 64;
const number = jobNumber.max(Number.MAX_SAFE_INTEGER);
const round = u32.min(1);

/** Each can only take away: a token with more of them opens no more than it did with fewer. */
export const caveat = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('dataset'),
    datasets: z
      .array(number)
      .min(1)
      .max(MOST_DATASETS)
      .describe('Only what concerns these datasets alone, ascending.'),
  }),
  z.strictObject({ kind: z.literal('job'), job: number.describe('Only this job.') }),
  z.strictObject({
    kind: z.literal('rounds'),
    first: round.describe('Only rounds from this one on,'),
    last: round.describe('up to this one.'),
  }),
  z.strictObject({
    kind: z.literal('expires'),
    at: z.int().min(0).max(0xffff_ffff_ffff).describe('Not after this Unix second.'),
  }),
  z.strictObject({ kind: z.literal('scope'), scopes: scopeList.describe('Only these scopes.') }),
]);
export type Caveat = z.output<typeof caveat>;

/** As it is hashed into a token: `job 7`, `rounds 1-5`, `dataset 3,8`, `expires 1893456000`, `scope evidence:read`. */
export function encodeCaveat(of: Caveat): string {
  switch (of.kind) {
    case 'dataset':
      return `dataset ${[...new Set(of.datasets)].toSorted((a, b) => a - b).join(',')}`;
    case 'job':
      return `job ${of.job}`;
    case 'rounds':
      return `rounds ${of.first}-${of.last}`;
    case 'expires':
      return `expires ${of.at}`;
    case 'scope':
      return `scope ${scopes.filter((known) => of.scopes.includes(known)).join(',')}`;
    default:
      return of satisfies never;
  }
}

/** A caveat of its text; null where it is none that is known here, or is spelled in another way. */
export function decodeCaveat(text: string): Caveat | null {
  const [kind = '', said = '', ...more] = text.split(' ');
  if (more.length > 0) return null;
  const parsed = caveat.safeParse({ kind, ...fieldsOf(kind, said) });
  return parsed.success && encodeCaveat(parsed.data) === text ? parsed.data : null;
}

function fieldsOf(kind: string, said: string): object {
  switch (kind) {
    case 'dataset':
      return { datasets: said.split(',').map(Number) };
    case 'job':
      return { job: Number(said) };
    case 'rounds': {
      const [first, last] = said.split('-').map(Number);
      return { first, last };
    }
    case 'expires':
      return { at: Number(said) };
    case 'scope':
      return { scopes: said.split(',') };
    default:
      return {};
  }
}
