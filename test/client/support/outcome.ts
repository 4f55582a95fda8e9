/** How a call that is to fail did so. */

async function failureOf(action: Promise<unknown>): Promise<unknown> {
  try {
    await action;
  } catch (error) {
    return error;
  }
  return undefined;
}

const property = (error: unknown, name: 'code' | 'name' | 'message'): string =>
  typeof error === 'object' && error !== null && name in error
    ? String((error as Record<string, unknown>)[name])
    : 'nothing thrown';

export const codeOf = async (action: Promise<unknown>) => property(await failureOf(action), 'code');
export const nameOf = async (action: Promise<unknown>) => property(await failureOf(action), 'name');
export const messageOf = async (action: Promise<unknown>) => property(await failureOf(action), 'message');
