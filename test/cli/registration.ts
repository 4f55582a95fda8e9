/** What an owner's home holds once it has registered a dataset. */
import type { Registration } from '#cli/owner-home.ts';
import { digestOfText } from '#test/support/cohort.ts';

export const registrationOf = (dataset: number): Registration => ({
  dataset,
  token: 4,
  descriptor: digestOfText('d'),
  schema: {
    kind: 'tributary/schema',
    version: 1,
    reading: { format: 'csv', delimiter: ',', missingTokens: [] },
    columns: [{ name: 'a', type: 'category', vocabulary: ['low', 'high'], missing: false }],
    label: { name: 'y', type: 'class', classes: ['no', 'yes'] },
  },
});
