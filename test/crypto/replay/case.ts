/** One attempt's vector, in the terms of crypto/. */
import type { Binding, MemberKeys, OwnParty, Party } from '#crypto/agreement.ts';
import { Secret } from '#crypto/secret.ts';
import type { RoundVector } from '#test/support/reference/vector.ts';

import { at, bytes } from './load.ts';

export class RoundCase {
  readonly v: RoundVector;
  readonly binding: Binding;
  readonly roster: readonly MemberKeys[];

  constructor(v: RoundVector) {
    const { context, roster, parameters, model } = v.binding;
    this.v = v;
    this.binding = {
      context: {
        ...context,
        chainId: BigInt(context.chainId),
        escrow: bytes(context.escrow),
        job: BigInt(context.job),
      },
      roster: bytes(roster),
      parameters: bytes(parameters),
      model: bytes(model),
    };
    this.roster = v.members.map(({ channelKey, maskKey }) => ({
      channelKey: bytes(channelKey),
      maskKey: bytes(maskKey),
    }));
  }

  /** A member with its mask key. */
  mask(index: number): Party {
    return { index, publicKey: at(this.roster, index).maskKey };
  }

  /** A member with its channel key. */
  channel(index: number): Party {
    return { index, publicKey: at(this.roster, index).channelKey };
  }

  ownMask(index: number): OwnParty {
    return { ...this.mask(index), secret: bytes(at(this.v.members, index).maskSecret) };
  }

  ownChannel(index: number): OwnParty {
    return { ...this.channel(index), secret: bytes(at(this.v.members, index).channelSecret) };
  }
}

export function secret(of: string): Secret {
  return new Secret(bytes(of));
}
