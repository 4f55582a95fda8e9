/** Whether a column tells who a row is about, by its name or its values: a guess that errs on the side of asking. */
import type { ColumnProfile } from './column-profile.ts';

const words = new Set(
  (
    'id ids identifier uuid guid ssn nin mrn iban passport email mail phone telephone mobile fax address street ' +
    'postcode zip zipcode name surname firstname lastname fullname username login dob birthdate birthday ip'
  ).split(' '),
);

/** Fewer values may differ by chance. */
const leastValues = 20;
const mostlyAddresses = 0.5;
/** A count beyond the exact ones is an estimate. */
const nearlyAll = 0.9;
const shortText = 40;
const fewSpaces = 0.1;

/** @returns what gives it away, or null */
export function identifierReason(profile: ColumnProfile): string | null {
  const { name, present, integers, addresses, numbers, distinct, longest, spaced, values } = profile;
  if (partsOf(name).some((part) => words.has(part))) return 'its name is that of an identifier';
  if (present > 0 && addresses / present >= mostlyAddresses) return 'its values are addresses or UUIDs';
  const differ = present >= leastValues && distinct >= (values ? present : present * nearlyAll);
  if (differ && integers === present) return 'its values are whole numbers that all differ';
  const isCode = numbers === 0 && longest <= shortText && spaced / present <= fewSpaces;
  return differ && isCode ? 'its values are short texts that all differ' : null;
}

/** `patientId`, `PATIENT_ID` and `patient id` have the same parts. */
const partsOf = (name: string): string[] =>
  name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
