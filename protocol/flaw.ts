/** An expected refusal is a value: what is wrong, by code, and where. */
import { TributaryError } from '#crypto/error.ts';

export type Flaw = Readonly<{ code: string; detail: string }>;

export const flaw = (code: string, detail: string): Flaw => ({ code, detail });

/** Turns a flaw into the error that stops a command. */
export const toError = ({ code, detail }: Flaw): TributaryError => new TributaryError(code, detail);
