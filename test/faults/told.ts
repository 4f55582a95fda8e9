/** Prints what a fault did, as it is done, a line each: the fault, where it struck, which process, and what was seen after it. */
const WIDTHS = [40, 36, 16] as const;

export function tell(
  ...cells: readonly [fault: string, where: string, process: string, after: string]
): void {
  console.log(`      ${cells.map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0)).join('  ')}`);
}
