/**
 * Quantised inputs, one for every (dataset, model) and way to compute it, and the inputs sent for them in any job,
 * round or attempt. protocol.md §4.8
 */
import { z } from 'zod';
import { concat, lp } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Domain } from '#protocol/typed-data.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { json, parse, readJson } from './attempt-journal.ts';
import { sentInput, type SentInput } from './decisions.ts';
import type { Disk } from './disk.ts';
import type { Seal } from './seal.ts';

/** What a quantised input was computed from, and for. */
export type UpdateKey = Readonly<{ dataset: number; model: Bytes32; recipe: Bytes32; parameters: Bytes32 }>;

export type Update = Readonly<{
  /** `dimension` words in [0, 2L], before any mask. */
  quantised: Uint32Array;
  /** The TensorFlow backend that trained. */
  backend: string;
}>;

export type UpdateJournal = Readonly<{
  update(key: UpdateKey): Update | null;
  keepUpdate(key: UpdateKey, update: Update): void;
  /** Every input that was, or may have been, sent for this dataset and model. */
  sentInputs(dataset: number, model: Bytes32): SentInput[];
  /** @throws TributaryError `journal/decided` where the attempt has one */
  keepSentInput(sent: SentInput): void;
  /** Erases what was trained on this model; what was sent is remembered. */
  eraseUpdates(dataset: number, model: Bytes32): void;
}>;

const header = z.strictObject({ backend: z.string() });

export function updateJournal(disk: Disk, seal: Seal): UpdateJournal {
  const updates = (dataset: number, model: Bytes32) => `updates/${dataset}/${model}`;
  const inputs = (dataset: number, model: Bytes32) => `inputs/${dataset}/${model}`;
  const updateFile = ({ dataset, model, recipe, parameters }: UpdateKey) =>
    `${updates(dataset, model)}/${recipe}-${parameters}.sealed`;

  return {
    update(key) {
      const sealed = disk.read(updateFile(key));
      return sealed && decodeUpdate(updateFile(key), seal.open(updateFile(key), sealed));
    },

    keepUpdate: (key, update) =>
      disk.replace(updateFile(key), seal.close(updateFile(key), encodeUpdate(update))),

    sentInputs(dataset, model) {
      const folder = inputs(dataset, model);
      const found = disk.list(folder).map((name) => readJson(disk, `${folder}/${name}`, sentInput));
      return found.filter((sent) => sent !== null);
    },

    keepSentInput(sent) {
      const path = `${inputs(sent.dataset, sent.model)}/${inputName(sent, sent)}.json`;
      if (!disk.create(path, json(sent))) {
        throw new TributaryError('journal/decided', `${path} is decided and can't be changed`);
      }
    },

    eraseUpdates(dataset, model) {
      for (const name of disk.list(updates(dataset, model))) disk.erase(`${updates(dataset, model)}/${name}`);
    },
  };
}

const inputName = ({ chainId, escrow }: Domain, { job, round, attempt }: AttemptId): string =>
  `${chainId}-${escrow}-${job}-${round}-${attempt}`;

/** Whether an input was sent in this very attempt. */
export const isOf = (sent: SentInput, domain: Domain, id: AttemptId): boolean =>
  inputName(sent, sent) === inputName(domain, id);

const encodeUpdate = ({ quantised, backend }: Update): Uint8Array =>
  concat(lp(json({ backend })), new Uint8Array(quantised.buffer, quantised.byteOffset, quantised.byteLength));

function decodeUpdate(path: string, bytes: Uint8Array): Update {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const { backend } = parse(path, bytes.subarray(4, 4 + length), header);
  return { backend, quantised: new Uint32Array(Uint8Array.from(bytes.subarray(4 + length)).buffer) };
}
