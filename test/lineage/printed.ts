/** What a command prints on standard output, run in this process. */

export async function printed(action: Promise<void>): Promise<string> {
  const write = process.stdout.write.bind(process.stdout);
  let text = '';
  process.stdout.write = (chunk) => {
    text += String(chunk);
    return true;
  };
  try {
    await action;
    return text;
  } finally {
    process.stdout.write = write;
  }
}

/** Its lines of JSON. */
export const printedLines = async (action: Promise<void>) =>
  (await printed(action))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
