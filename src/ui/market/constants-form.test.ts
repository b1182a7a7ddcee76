import { expect, test } from 'vitest';
import { AUTO_DEFAULTS } from '../../runtime/gatehouse.ts';
import { CONSTANTS, initialValues, inputNames, readConstants } from './constants-form.ts';

/** A form as it is shown at first, with some inputs changed. */
function filled(changes: Record<string, string> = {}): (input: string) => string {
  const texts = new Map([['role', 'drawn']]);
  for (const field of CONSTANTS) {
    const values = initialValues(field);
    inputNames(field).forEach((name, at) => texts.set(name, String(values[at] ?? '')));
  }
  for (const [name, text] of Object.entries(changes)) texts.set(name, text);
  return (input) => texts.get(input) ?? '';
}

test('there is a field for every constant, and untouched they ask for the defaults', () => {
  expect(readConstants(filled())).toEqual(AUTO_DEFAULTS);
});

test('what is filled in is asked for', () => {
  const changes = {
    role: 'buyer',
    transactions: '40',
    'price-from': '3',
    'price-to': '4',
    commission: '20',
    leaderFailure: '0.25',
  };
  expect(readConstants(filled(changes))).toEqual({
    ...AUTO_DEFAULTS,
    role: 'buyer',
    transactions: 40,
    price: [3, 4],
    commission: 20,
    leaderFailure: 0.25,
  });
});
