/** A rule of the proxy that has one client's messages taken and not answered, and keeps its fellows back until they are. */
import type { PrimaryType } from '#protocol/typed-data.ts';
import type { Rule } from '#test/support/faulty-proxy.ts';
import { signerOf } from './sent.ts';
import type { FaultStage } from './stage.ts';

/**
 * Phases end by themselves when enough have answered: so that the victim is among them, the others' messages of a kind wait
 * for its own.
 */
export class AnswerCut {
  readonly #victim: string;
  readonly #waiting = new Map<PrimaryType, Set<() => void>>();
  #wanted: Readonly<{ type: PrimaryType; acted: (status: number) => Promise<void> }> | null = null;

  /** @param types kinds of messages that are kept back, each until the victim's is taken */
  constructor(stage: FaultStage, victim: string, types: readonly PrimaryType[]) {
    this.#victim = victim;
    for (const type of types) this.#waiting.set(type, new Set());
    stage.proxy.obey(this.#rule(stage));
  }

  /**
   * Waits until the coordinator has taken the victim's message, and lets `act` happen before its answer is cut off.
   *
   * @returns the status that nobody is told
   */
  taken(type: PrimaryType, act: () => Promise<void>): Promise<number> {
    return new Promise((resolve, reject) => {
      const acted = async (status: number) => {
        await act().catch(reject);
        const waiting = this.#waiting.get(type) ?? [];
        this.#waiting.delete(type);
        for (const release of waiting) release();
        resolve(status);
      };
      this.#wanted = { type, acted };
    });
  }

  #rule(stage: FaultStage): Rule {
    return async ({ method, path, headers, body }) => {
      if (method === 'GET') return null;
      const said = signerOf({ path, body, token: headers['tributary-message']?.toString() }, stage.domain);
      if (!said) return null;
      if (said.signer === this.#victim) {
        if (this.#wanted?.type !== said.type) return null;
        const { acted } = this.#wanted;
        this.#wanted = null;
        return { kind: 'cut', acted };
      }
      const waiting = this.#waiting.get(said.type);
      if (waiting) await new Promise<void>((resolve) => waiting.add(resolve));
      return null;
    };
  }
}
