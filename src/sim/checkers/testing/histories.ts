import fc from 'fast-check';
import type { Call } from '../history.ts';
import { ParkModel, type Action, type Outcome } from '../park-model.ts';

/** An operation with the three moments of its life, and what its client heard of it. */
interface Life {
  readonly action: Action;
  readonly moments: readonly number[];
  /** `lost`: it happened and nobody was told. `gone`: it did not happen and nobody was told. */
  readonly fate: 'answered' | 'lost' | 'gone' | 'failed';
  readonly hinted: boolean;
  readonly outcome: Outcome;
}

export interface HistoryShape {
  readonly calls: number;
  readonly visitors: number;
  readonly capacity: number;
  /** The number of moments: the fewer, the more happens at once. */
  readonly moments: number;
}

export interface SomeHistory {
  readonly capacity: number;
  readonly calls: Call[];
}

/** Histories of a park that does what it should: each operation happens at one moment between call and answer. */
export function goodHistories(shape: HistoryShape): fc.Arbitrary<SomeHistory> {
  return histories(shape, (life, due) => callOf(life, due));
}

/** Histories in which the answers are anybody's guess: some of them make sense. */
export function anyHistories(shape: HistoryShape): fc.Arbitrary<SomeHistory> {
  return histories(shape, (life) => callOf(life, life.outcome));
}

/** Histories of a good park with a few of the answers changed. */
export function spoiltHistories(shape: HistoryShape): fc.Arbitrary<SomeHistory> {
  const spoilt = fc.uniqueArray(fc.nat(shape.calls - 1), { minLength: 1, maxLength: 2 });
  return spoilt.chain((places) =>
    histories(shape, (life, due, place) =>
      callOf(life, places.includes(place) ? life.outcome : due),
    ),
  );
}

function histories(
  { calls, visitors, capacity, moments }: HistoryShape,
  answer: (life: Life, due: Outcome, place: number) => Call,
): fc.Arbitrary<SomeHistory> {
  const life = fc.record({
    action: actions(visitors, capacity),
    moments: fc.tuple(fc.nat(moments), fc.nat(moments), fc.nat(moments)),
    fate: fc.constantFrom('answered', 'answered', 'answered', 'lost', 'gone', 'failed'),
    hinted: fc.boolean(),
    outcome: outcomes,
  });
  return fc
    .tuple(fc.array(life, { minLength: 1, maxLength: calls }), fc.nat(capacity))
    .map(([lives, founded]) => ({ capacity: founded, calls: play(lives, founded, answer) }));
}

function play(
  lives: readonly Life[],
  capacity: number,
  answer: (life: Life, due: Outcome, place: number) => Call,
): Call[] {
  const park = new ParkModel(capacity);
  const byMoment = lives
    .map((life) => ({ ...life, moments: [...life.moments].sort((a, b) => a - b) }))
    .sort((a, b) => (a.moments[1] ?? 0) - (b.moments[1] ?? 0));
  return byMoment.map((life, place) => {
    const happens = life.fate === 'answered' || life.fate === 'lost';
    const due = happens ? park.apply(life.action) : life.outcome;
    const call = answer(life, due, place);
    return {
      ...call,
      key: `call ${place}`,
      process: `process ${place}`,
      ...(life.hinted && life.fate !== 'gone' ? { hint: place } : {}),
    };
  });
}

function callOf({ action, moments, fate }: Life, outcome: Outcome): Call {
  const answered = fate === 'answered';
  const over = answered || fate === 'failed';
  return {
    key: '',
    process: '',
    operation: action,
    invokedAt: moments[0] ?? 0,
    returnedAt: over ? (moments[2] ?? 0) : Infinity,
    result: answered ? 'ok' : fate === 'failed' ? 'fail' : 'info',
    outcome: answered ? outcome : null,
  };
}

function actions(visitors: number, capacity: number): fc.Arbitrary<Action> {
  const visitor = fc.nat(visitors - 1).map((number) => `v${number}`);
  return fc.oneof(
    { weight: 5, arbitrary: visitor.map((who): Action => ({ kind: 'enter', visitor: who })) },
    { weight: 4, arbitrary: visitor.map((who): Action => ({ kind: 'leave', visitor: who })) },
    {
      weight: 2,
      arbitrary: fc.nat(capacity).map((to): Action => ({ kind: 'capacity', capacity: to })),
    },
  );
}

const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant<Outcome>({ allowed: true }),
  fc
    .constantFrom('full' as const, 'already-inside' as const, 'not-inside' as const)
    .map((reason): Outcome => ({ allowed: false, reason })),
);
