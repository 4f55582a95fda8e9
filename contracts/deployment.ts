/** Where the contracts stand: what every actor is configured with. */
import { z } from 'zod';
import { address } from '#protocol/units.ts';

const block = z.int().min(0);

/** A deployment as its file holds it. */
export const deploymentSchema = z.strictObject({
  chainId: z.int().min(1),
  registry: address,
  accessToken: address,
  escrow: address,
  paymentToken: address,
  administration: address,
  policy: address,
  disputes: address,
  seatReader: address,
  /** Block of each contract's deployment: no event of it is older. */
  blocks: z.strictObject({
    registry: block,
    accessToken: block,
    escrow: block,
    policy: block,
    disputes: block,
  }),
});

export type Deployment = Readonly<z.infer<typeof deploymentSchema>>;
