/** What a reader or a sender of the older API would stumble over in the newer one. docs/api.md */

export type Breach = Readonly<{
  /** The operation, and the way from it: `confirm request body.message.member`. */
  where: string;
  what: string;
}>;

export const breach = (where: string, what: string): Breach => ({ where, what });
export const breachText = ({ where, what }: Breach): string => `${where}: ${what}`;
