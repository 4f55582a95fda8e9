/** One attempt's vector, in the terms of crypto/. */
import type { Binding, MemberKeys, OwnParty, Party } from '#crypto/agreement.ts';
import { completeGraph, type Graph, hararyGraph, holdersOf } from '#crypto/graph.ts';
import { type MemberSet, memberSet } from '#crypto/members.ts';
import { Secret } from '#crypto/secret.ts';
import type { RoundVector } from '#test/support/reference/vector.ts';

import { at, bytes } from './load.ts';

export class RoundCase {
  readonly v: RoundVector;
  readonly binding: Binding;
  readonly roster: readonly MemberKeys[];
  readonly graph: Graph;

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
    this.graph = v.sparse
      ? hararyGraph(v.n, v.degree, v.threshold, bytes(v.sparse.seed))
      : completeGraph(v.n);
  }

  /** Whom a member deals to. */
  holders(dealer: number): MemberSet {
    return holdersOf(this.graph, dealer);
  }

  /** The part of U2 that is near a member, itself included. */
  sharersNear(index: number): MemberSet {
    return memberSet(this.v.sharers.members.filter((other) => this.holders(index).has(other)));
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
