/** The one table of error codes, but for what contracts refuse with: that is in contracts/refusals.ts. */
import { accessErrors } from './errors/access.ts';
import { auditorErrors } from './errors/auditor.ts';
import { backupErrors } from './errors/backups.ts';
import { blockErrors } from './errors/blocks.ts';
import { buyerErrors } from './errors/buyer.ts';
import { challengeErrors } from './errors/challenges.ts';
import { chainErrors } from './errors/chain.ts';
import { cliErrors } from './errors/cli.ts';
import { clientErrors } from './errors/client.ts';
import { coordinatorErrors } from './errors/coordinator.ts';
import { controlErrors } from './errors/control.ts';
import { cryptoErrors } from './errors/crypto.ts';
import { datasetErrors } from './errors/datasets.ts';
import { disputeErrors } from './errors/disputes.ts';
import type { ErrorEntries, ErrorEntry } from './errors/entry.ts';
import { evidenceErrors } from './errors/evidence.ts';
import { modelErrors } from './errors/model.ts';
import { operationsErrors } from './errors/operations.ts';
import { operatingErrors } from './errors/operating.ts';
import { phaseErrors } from './errors/phases.ts';
import { roundErrors } from './errors/round.ts';
import { sparseErrors } from './errors/sparse.ts';
import { tlsErrors } from './errors/tls.ts';
import { webhookErrors } from './errors/webhooks.ts';

/** What a code means and what its reader should do. scripts/check-codes.ts holds it against the code. */
export const errorTable: Readonly<Record<string, ErrorEntry>> = merged([
  cryptoErrors,
  roundErrors,
  sparseErrors,
  phaseErrors,
  evidenceErrors,
  blockErrors,
  datasetErrors,
  modelErrors,
  chainErrors,
  challengeErrors,
  coordinatorErrors,
  operationsErrors,
  backupErrors,
  accessErrors,
  operatingErrors,
  controlErrors,
  tlsErrors,
  webhookErrors,
  clientErrors,
  buyerErrors,
  auditorErrors,
  disputeErrors,
  cliErrors,
]);

/** Within a file the compiler refuses a second entry of a code; across files this does. */
function merged(parts: readonly ErrorEntries[]): Readonly<Record<string, ErrorEntry>> {
  const table: Record<string, ErrorEntry> = {};
  for (const [code, entry] of parts.flatMap((part) => Object.entries(part))) {
    if (code in table) throw new Error(`${code} is in the table of error codes twice`);
    table[code] = entry;
  }
  return table;
}
