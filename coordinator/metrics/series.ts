/**
 * The series that `/metrics` shows, in Prometheus's base units and by its names. Labels are of closed sets, never ids: what is
 * asked for, or by whom, makes no series. https://prometheus.io/docs/practices/naming/ docs/operations-observability.md
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Of what is waited for while somebody waits, in seconds; the longest is a long poll. */
const WAITING = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** Of what a round takes, in seconds. */
const LASTING = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];

export type Series = ReturnType<typeof createSeries>;

/** A registry of its own: two coordinators in one process, as in tests, share no number. */
export function createSeries() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `tributary_${name}`, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `tributary_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: number[],
  ) => new Histogram({ name: `tributary_${name}`, help, labelNames, buckets, registers });

  return {
    registry,
    attempts: counter('attempts_total', 'Attempts that entered a phase; the last are the outcomes', [
      'phase',
    ]),
    phaseSeconds: histogram('phase_seconds', 'How long an attempt was in a phase', ['phase'], LASTING),
    dropouts: counter('dropouts_total', 'Members that a phase went on without', ['phase']),
    settledUnits: counter('payouts_settled_base_units_total', 'What settled rounds pay, in base units', []),
    present: gauge('attempts', 'Present attempts of active jobs', ['phase']),
    jobs: gauge('jobs', 'Jobs of this coordinator', ['state']),
    queue: gauge('driver_queue_depth', 'Events that wait for, or are in, a transition of any job', []),
    effects: histogram(
      'effect_seconds',
      'What a state asked for outside of itself, try by try',
      ['effect', 'outcome'],
      LASTING,
    ),
    transactions: counter('transactions_total', 'Transactions sent', ['outcome']),
    webhooks: counter('webhook_deliveries_total', 'Tries to deliver to webhooks', ['outcome']),
    requests: histogram('http_request_seconds', 'Requests', ['operation', 'status'], WAITING),
    traffic: counter('http_bytes_total', 'Bytes on the connections of the API', ['direction']),
    chain: histogram('chain_request_seconds', 'Requests to the chain', ['method', 'outcome'], WAITING),
    breaker: gauge('chain_breaker_open', 'Whether calls that a request waits for are not tried: 1', []),
    ipfs: histogram('ipfs_request_seconds', 'Requests to the IPFS node', ['call', 'outcome'], WAITING),
    database: gauge('database_bytes', 'Size of the database', []),
    storage: gauge('storage_bytes', 'Inputs and evidence: free, kept, and still to come of rounds', ['what']),
    noRoom: counter('storage_refusals_total', 'Messages refused for want of room', ['stage']),
  } as const;
}

/** A gauge, or a counter that is counted elsewhere, is set when it is asked for. */
export type Source = () => void | Promise<void>;
