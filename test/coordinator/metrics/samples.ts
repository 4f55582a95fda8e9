/** Reads Prometheus's text format. https://prometheus.io/docs/instrumenting/exposition_formats/ */

export type Sample = Readonly<{ name: string; labels: Readonly<Record<string, string>>; value: number }>;

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>[^}]*)\})? (?<value>\S+)$/;

/** @throws where a line is none of the format */
export function seriesIn(text: string): Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const { name, labels = '', value } = LINE.exec(line)?.groups ?? {};
    if (name === undefined) throw new Error(`not a sample: ${line}`);
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, of]) => [key, of]);
    return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
  });
}

/** Of all samples of a name that have these labels. */
export const sumOf = (
  samples: readonly Sample[],
  wanted: string,
  having: Readonly<Record<string, string>> = {},
): number =>
  samples
    .filter(({ name }) => name === wanted)
    .filter(({ labels }) => Object.entries(having).every(([label, value]) => labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
