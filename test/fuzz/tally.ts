/** How often each operation was answered how, as a table. */
import type { Answer } from './send.ts';

export class Tally {
  readonly #counts = new Map<string, Map<string, number>>();

  add(operation: string, { status }: Pick<Answer, 'status'>): void {
    const row = this.#counts.get(operation) ?? new Map<string, number>();
    this.#counts.set(operation, row);
    row.set(String(status), (row.get(String(status)) ?? 0) + 1);
  }

  /** Answers of these operations, all unless said, whose status is so. */
  count(holds: (status: string) => boolean, operation?: string): number {
    const rows =
      operation === undefined ? [...this.#counts.values()] : [this.#counts.get(operation) ?? new Map()];
    return rows
      .flatMap((row) => [...(row as Map<string, number>)])
      .reduce((sum, [status, count]) => sum + (holds(status) ? count : 0), 0);
  }

  table(): string {
    const statuses = [...new Set([...this.#counts.values()].flatMap((row) => [...row.keys()]))].sort();
    const line = (name: string, cells: readonly string[]) =>
      [name.padEnd(12), ...cells.map((cell) => cell.padStart(7))].join('');
    const rows = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return [
      line('', statuses),
      ...rows.map(([name, row]) =>
        line(
          name,
          statuses.map((status) => String(row.get(status) ?? '')),
        ),
      ),
    ].join('\n');
  }
}
