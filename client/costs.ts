/** What an attempt costs its owner: bytes of bodies sent, repeated ones too, and the time it took. protocol.md §4 */
import { encodeToken } from '#protocol/http/token.ts';
import { encodeJson } from '#protocol/http/json-body.ts';
import type { RoundApi } from './attempt.ts';
import type { AttemptJournal } from './journal/attempt-journal.ts';

/** The coordinator's API, which journals what goes up before it does. */
export function countingApi(api: RoundApi, record: AttemptJournal, now: () => number): RoundApi {
  const count = (bytes: number): void => {
    const before = record.cost() ?? { bytesUp: 0, started: now(), lastSent: 0 };
    record.keepCost({ ...before, bytesUp: before.bytesUp + bytes, lastSent: now() });
  };
  const counted =
    <Body extends object, Id>(send: (id: Id, body: Body) => Promise<void>) =>
    async (id: Id, body: Body): Promise<void> => {
      count((await encodeJson(body)).bytes.length);
      return send(id, body);
    };
  return {
    deliveries: api.deliveries,
    evidence: api.evidence,
    enrol: counted(api.enrol),
    share: counted(api.share),
    receive: counted(api.receive),
    confirm: counted(api.confirm),
    abort: counted(api.abort),
    unmask: counted(api.unmask),
    attest: counted(api.attest),
    refuse: counted(api.refuse),
    async upload(id, envelope, vector) {
      count(vector.length + encodeToken(envelope).length);
      return api.upload(id, envelope, vector);
    },
  };
}
