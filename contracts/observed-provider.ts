/** A provider whose requests somebody sees, and gives headers to. https://www.jsonrpc.org/specification */
import { JsonRpcProvider, type FetchRequest, type JsonRpcPayload } from 'ethers';

/** `refused`: the node answered with an error, as it does for a call that reverts; `away`: it did not answer. */
export type RpcAnswered = (method: string, seconds: number, outcome: 'done' | 'refused' | 'away') => void;

export type Observer = Readonly<{
  answered: RpcAnswered;
  /** Asked when a call is made, for what is sent with its request. */
  headers: () => Readonly<Record<string, string>>;
}>;

type Answers = Awaited<ReturnType<JsonRpcProvider['_send']>>;

const MILLIS = 1_000;

export class ObservedProvider extends JsonRpcProvider {
  readonly #observer: Observer;
  /** By the parameters of a call: it is queued, and sent from a timer that knows nothing of who called. */
  readonly #headers = new WeakMap<object, Readonly<Record<string, string>>>();
  #sending: Readonly<Record<string, string>> = {};

  constructor(observer: Observer, ...of: ConstructorParameters<typeof JsonRpcProvider>) {
    super(...of);
    this.#observer = observer;
  }

  override send(...[method, parameters]: Parameters<JsonRpcProvider['send']>): Promise<unknown> {
    this.#headers.set(parameters, this.#observer.headers());
    return super.send(method, parameters);
  }

  override _getConnection(): FetchRequest {
    const request = super._getConnection();
    for (const [name, value] of Object.entries(this.#sending)) request.setHeader(name, value);
    return request;
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<Answers> {
    // Ours are never batched.
    const [asked] = [payload].flat();
    const began = performance.now();
    const ended = (outcome: Parameters<RpcAnswered>[2]) =>
      this.#observer.answered(asked?.method ?? '', (performance.now() - began) / MILLIS, outcome);
    try {
      this.#sending = (asked && this.#headers.get(asked.params)) ?? {};
      // It makes its request at once, before anything else can be sent.
      const sent = super._send(payload);
      this.#sending = {};
      const answers = await sent;
      ended(answers.some((answer) => 'error' in answer) ? 'refused' : 'done');
      return answers;
    } catch (error) {
      ended('away');
      throw error;
    }
  }
}
