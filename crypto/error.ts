/** The one error class: a stable code for programs, a message that tells a person what to do. */

/** A refusal or failure with a code of the table in protocol/errors.ts. */
export class TributaryError extends Error {
  override readonly name = 'TributaryError';
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
