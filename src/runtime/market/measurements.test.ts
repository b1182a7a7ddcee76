import { expect, test } from 'vitest';
import { AUTO_DEFAULTS } from './constants.ts';
import {
  Measurements,
  MOST_PURCHASES,
  MOST_RUNS,
  type Moment,
  type Office,
} from './measurements.ts';

const CARL: Office = { trader: 'carl', term: '1.carl' };
const BERT: Office = { trader: 'bert', term: '2.bert' };
const CARL_AGAIN: Office = { trader: 'carl', term: '3.carl' };

const at = (now: number): Moment => ({ now, wall: 1_000_000 + now });

test('a purchase is measured from asking to the answer, within its run', () => {
  const measured = new Measurements();
  measured.begin(AUTO_DEFAULTS, at(100));
  measured.purchased(at(130), 140, 'bought');
  expect(measured.runs()).toEqual([
    {
      began: 1_000_100,
      constants: AUTO_DEFAULTS,
      purchases: [{ at: 30, ms: 10, result: 'bought' }],
      elections: [],
    },
  ]);
});

test('an election lasts from missing the trader until there is another', () => {
  const measured = new Measurements();
  measured.begin(null, at(0));
  measured.saw(CARL, at(10));
  measured.saw(null, at(500));
  measured.saw(null, at(900));
  measured.saw(BERT, at(1500));
  measured.saw(CARL_AGAIN, at(3000));
  expect(measured.runs()[0]?.elections).toEqual([
    { at: 500, ms: 1000, trader: 'bert' },
    { at: 3000, ms: 0, trader: 'carl' },
  ]);
});

test('an election that the same trader wins is one too', () => {
  const measured = new Measurements();
  measured.begin(null, at(0));
  measured.saw(CARL, at(10));
  measured.saw(null, at(500));
  measured.saw(CARL_AGAIN, at(700));
  expect(measured.runs()[0]?.elections).toEqual([{ at: 500, ms: 200, trader: 'carl' }]);
});

test('no election is a trader that was out of sight for a while, or that this gate missed while it was gone', () => {
  const measured = new Measurements();
  measured.begin(null, at(0));
  measured.saw(CARL, at(10));
  measured.saw(null, at(500));
  measured.saw(CARL, at(600));
  measured.lost();
  measured.saw(BERT, at(900));
  expect(measured.runs()[0]?.elections).toEqual([]);
});

test('what is handed out is a copy', () => {
  const measured = new Measurements();
  measured.purchased(at(0), 5, 'refused');
  measured.runs()[0]?.purchases.pop();
  expect(measured.runs()[0]?.purchases).toHaveLength(1);
});

test('it does not grow: a long run is followed by another, and old ones are forgotten', () => {
  const measured = new Measurements();
  for (let i = 0; i <= MOST_PURCHASES; i++) measured.purchased(at(i), i + 1, 'bought');
  expect(measured.runs().map(({ purchases }) => purchases.length)).toEqual([MOST_PURCHASES, 1]);
  for (let i = 0; i < 2 * MOST_RUNS; i++) measured.begin(null, at(i));
  expect(measured.runs()).toHaveLength(MOST_RUNS);
});
