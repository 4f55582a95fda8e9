/** A provider whose requests are seen by somebody: how long each took, and how it ended. https://www.jsonrpc.org/specification */
import { JsonRpcProvider, type JsonRpcPayload } from 'ethers';

/** `refused`: the node answered with an error, as it does for a call that reverts; `away`: it did not answer. */
export type RpcAnswered = (method: string, seconds: number, outcome: 'done' | 'refused' | 'away') => void;

type Answers = Awaited<ReturnType<JsonRpcProvider['_send']>>;

const MILLIS = 1_000;

export class ObservedProvider extends JsonRpcProvider {
  readonly #answered: RpcAnswered;

  constructor(answered: RpcAnswered, ...of: ConstructorParameters<typeof JsonRpcProvider>) {
    super(...of);
    this.#answered = answered;
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<Answers> {
    // Ours are never batched.
    const [asked] = [payload].flat();
    const began = performance.now();
    const ended = (outcome: Parameters<RpcAnswered>[2]) =>
      this.#answered(asked?.method ?? '', (performance.now() - began) / MILLIS, outcome);
    try {
      const answers = await super._send(payload);
      ended(answers.some((answer) => 'error' in answer) ? 'refused' : 'done');
      return answers;
    } catch (error) {
      ended('away');
      throw error;
    }
  }
}
