/** Level 2: each seat stands on units that the buyer bought, of that dataset, at that price. protocol.md §5.1 */
import type { JobCheck } from '../check.ts';
import { fails, holds, type Verdict } from '../verdict.ts';
import type { Subject } from '../subject.ts';

function seatVerdict({ facts }: Subject, index: number): Verdict {
  const at = `seat ${index}`;
  const seat = facts.job.seats[index];
  const offer = facts.offers[index];
  if (!seat || !offer) return fails(at, 'units/no-offer', 'its access token was never offered');
  if (offer.dataset !== seat.dataset) {
    return fails(
      at,
      'units/other-dataset',
      `it is dataset ${seat.dataset}, token ${offer.token} is of ${offer.dataset}`,
    );
  }
  if (offer.price !== seat.price) {
    return fails(
      at,
      'units/other-price',
      `it pays ${seat.price} a round, its units were sold at ${offer.price}`,
    );
  }
  const taken = facts.unitsTaken.filter((units) => units.seat === index && units.token === seat.token);
  const units = taken
    .filter(({ holder }) => holder === facts.job.buyer)
    .reduce((sum, part) => sum + part.units, 0);
  return units === seat.units
    ? holds(`${units} units at ${seat.price}`)
    : fails(at, 'units/not-bought', `it has ${seat.units} units, ${units} were taken from the buyer`);
}

export const units: JobCheck = {
  id: 'seats.units',
  level: 2,
  scope: 'job',
  async run(subject) {
    const { seats } = subject.facts.job;
    const verdicts = seats.map((_, index) => seatVerdict(subject, index));
    const broken = verdicts.find(({ result }) => result !== 'passed');
    const total = seats.reduce((sum, seat) => sum + seat.price * BigInt(seat.units), 0n);
    return broken ?? holds(`${seats.length} seats, ${total} base units paid for access`);
  },
};
