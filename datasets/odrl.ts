/**
 * A policy as an ODRL offer: one permission, to train rounds, with a constraint for each term. protocol.md §4.2
 * Source: https://www.w3.org/TR/odrl-model/; Croissant 1.1, "Fine-Grained Control with ODRL"
 */
import { z } from 'zod';
import { fromAmount, amount, toAmount } from '#protocol/units.ts';
import { makePolicy, type Policy } from './policy.ts';

/** The ODRL profile that gives our terms their meaning. */
export const odrlProfile = 'urn:tributary:v1:odrl';

type Operator = 'odrl:gteq' | 'odrl:lteq' | 'odrl:isAnyOf';

const iri = <T extends string>(text: T) => z.strictObject({ '@id': z.literal(text) });
const constraint = <T extends z.ZodType>(term: string, operator: Operator, value: T) =>
  z.strictObject({
    '@type': z.literal('odrl:Constraint'),
    'odrl:leftOperand': iri(`tributary:${term}`),
    'odrl:operator': iri(operator),
    'odrl:rightOperand': value,
  });

const list = z.array(z.string());
/** In this order; the last is left out where any coordinator may run the job. */
const constraints = {
  peers: constraint('peer', 'odrl:isAnyOf', list),
  minimumCohort: constraint('vouchedCohort', 'odrl:gteq', z.int()),
  minimumPrice: constraint('pricePerRound', 'odrl:gteq', amount),
  maximumRounds: constraint('rounds', 'odrl:lteq', z.int()),
  layers: constraint('layer', 'odrl:isAnyOf', list),
  coordinators: constraint('coordinator', 'odrl:isAnyOf', list),
};
const { peers, minimumCohort, minimumPrice, maximumRounds, layers, coordinators } = constraints;

export const offerSchema = z.strictObject({
  '@type': z.tuple([z.literal('CreativeWork'), z.literal('odrl:Offer')]),
  '@id': z.string().max(200),
  'odrl:profile': iri(odrlProfile),
  'odrl:assigner': z.strictObject({ '@id': z.string().max(200) }),
  'odrl:permission': z.strictObject({
    '@type': z.literal('odrl:Permission'),
    'odrl:target': z.strictObject({ '@id': z.string().max(200) }),
    'odrl:action': iri('tributary:trainRound'),
    'odrl:constraint': z.union([
      z.tuple([peers, minimumCohort, minimumPrice, maximumRounds, layers]),
      z.tuple([peers, minimumCohort, minimumPrice, maximumRounds, layers, coordinators]),
    ]),
  }),
});

export type Offer = z.infer<typeof offerSchema>;

/** @param target the dataset's IRI @param assigner the IRI of who offers it */
export function toOffer(policy: Policy, target: string, assigner: string) {
  return {
    '@type': ['CreativeWork', 'odrl:Offer'],
    '@id': `${target}:offer`,
    'odrl:profile': { '@id': odrlProfile },
    'odrl:assigner': { '@id': assigner },
    'odrl:permission': {
      '@type': 'odrl:Permission',
      'odrl:target': { '@id': target },
      'odrl:action': { '@id': 'tributary:trainRound' },
      'odrl:constraint': [
        written('peer', 'odrl:isAnyOf', policy.peers),
        written('vouchedCohort', 'odrl:gteq', policy.minimumCohort),
        written('pricePerRound', 'odrl:gteq', toAmount(policy.minimumPrice)),
        written('rounds', 'odrl:lteq', policy.maximumRounds),
        written('layer', 'odrl:isAnyOf', policy.layers),
        ...(policy.coordinators === 'any'
          ? []
          : [written('coordinator', 'odrl:isAnyOf', policy.coordinators)]),
      ],
    },
  };
}

/** @throws TributaryError `policy/invalid` */
export function fromOffer(offer: Offer): Policy {
  const [known, cohort, price, rounds, classes, allowed] = offer['odrl:permission']['odrl:constraint'];
  return makePolicy({
    peers: known['odrl:rightOperand'],
    minimumCohort: cohort['odrl:rightOperand'],
    minimumPrice: fromAmount(price['odrl:rightOperand']),
    maximumRounds: rounds['odrl:rightOperand'],
    layers: classes['odrl:rightOperand'],
    coordinators: allowed?.['odrl:rightOperand'] ?? 'any',
  });
}

function written(term: string, operator: Operator, value: unknown) {
  return {
    '@type': 'odrl:Constraint',
    'odrl:leftOperand': { '@id': `tributary:${term}` },
    'odrl:operator': { '@id': operator },
    'odrl:rightOperand': value,
  };
}
