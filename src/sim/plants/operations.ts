/** Bugs of operations, their exactly-once records, the mutex and what the park decides. */
import { Leadership } from '../../core/leadership.ts';
import { Mutex } from '../../core/mutex.ts';
import { Replication } from '../../core/replication.ts';
import { Sessions } from '../../core/sessions.ts';
import type { Operation } from '../../core/entry.ts';
import type { Json } from '../../core/json.ts';
import type { Replica } from '../../core/replica.ts';
import { decodeParkOperation } from '../../machines/park.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import {
  changeEffects,
  eventsOfLeadership,
  eventsOfMutex,
  insides,
  replace,
  wrap,
  replaceGetter,
} from './tools.ts';

export const OPERATION_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'no-dedup',
    'operations that were asked again are applied again',
    ['S7'],
    ['crash-leader', 'loss', 'partition'],
    { install: () => replace(Sessions.prototype, 'lookup', () => ({ state: 'new' })) },
  ),
  plantedBug(
    'dedup-lost-on-failover',
    'a new leader begins without the records of what was applied before it',
    ['S6'],
    ['crash-leader', 'loss', 'partition'],
    {
      started: (_gate, { node }) => {
        const enter = node.office.enter.bind(node.office);
        node.office.enter = (term, without) => {
          enter(term, without);
          node.replica.sessions.reset();
        };
      },
    },
  ),
  plantedBug(
    'settled-too-early',
    'the dedup forgets an operation as soon as its node asks for the next one (rule O2)',
    ['S7', 'S8', 'S2'],
    ['loss', 'delay'],
    {
      install: () =>
        changeSubmitted((operation) => ({ ...operation, settledBelow: operation.id.sequence })),
    },
  ),
  plantedBug(
    'definite-though-sent',
    'an operation that was sent and not answered in time is said to have failed for sure (rule O3)',
    ['S8'],
    ['loss', 'crash-leader', 'isolate'],
    {
      started: (_gate, { node }) => {
        changeEffects(node, (effect) => {
          if (effect.type !== 'reply' || effect.reply.ok) return effect;
          return { ...effect, reply: { ...effect.reply, definite: true } };
        });
      },
    },
  ),
  plantedBug(
    'old-token-accepted',
    'the leader takes operations with a fencing token that has passed on (rule X2)',
    ['S5'],
    ['locks', 'crash-leader', 'hang'],
    {
      install: () =>
        replace(Mutex.prototype, 'submitHeld', function (this: Mutex, section, token) {
          eventsOfMutex(this).run(section, token);
          return true;
        }),
    },
  ),
  plantedBug(
    'refused-before-open',
    'an old token is refused for good before the term is open, though an older copy may be committed yet',
    ['S8'],
    ['locks', 'crash-leader', 'slow-disk', 'loss'],
    { install: refusesBeforeOpen },
  ),
  plantedBug(
    'capacity-at-submit',
    'whether the park is full is looked at when the operation comes in, not when it is applied',
    ['S1'],
    [],
    {
      install: refusesWhenFull,
      started: (_gate, { node }) => {
        const { machine } = node.replica;
        const apply = machine.apply.bind(machine);
        machine.apply = (entry) => {
          const outcome = apply(entry);
          return isFull(outcome) ? { allowed: true } : outcome;
        };
      },
    },
  ),
];

/** Changes operations as they reach the leader. */
function changeSubmitted(change: (operation: Operation) => Operation): () => void {
  return wrap(
    Leadership.prototype,
    'submit',
    (submit) =>
      function (this: Leadership, node, operations) {
        submit.call(this, node, operations.map(change));
      },
  );
}

/** The term counts as open while an operation under a token is looked at. */
function refusesBeforeOpen(): () => void {
  let submitting = false;
  const opened = replaceGetter(Replication.prototype, 'opened', (before) => submitting || before());
  const submitted = wrap(
    Leadership.prototype,
    'submit',
    (submit) =>
      function (this: Leadership, node, operations) {
        submitting = true;
        submit.call(this, node, operations);
        submitting = false;
      },
  );
  return () => {
    submitted();
    opened();
  };
}

/** Who would not fit in now is turned away before anything is appended. */
function refusesWhenFull(): () => void {
  return wrap(
    Leadership.prototype,
    'submit',
    (submit) =>
      function (this: Leadership, node, operations) {
        const { replica } = insides(this);
        const [full, fitting] = [true, false].map((wanted) =>
          operations.filter((operation) => wouldBeFull(replica, operation) === wanted),
        );
        if (fitting && fitting.length > 0) submit.call(this, node, fitting);
        if (!full || full.length === 0) return;
        const sequences = full.map(({ id }) => id.sequence);
        const detail = 'the park is full';
        eventsOfLeadership(this).tell(node, {
          type: 'DECLINED',
          sequences,
          reason: 'invalid',
          detail,
        });
      },
  );
}

function wouldBeFull(replica: Replica, operation: Operation): boolean {
  const decoded = decodeParkOperation(operation.body);
  if (!decoded.ok || decoded.value.kind !== 'enter') return false;
  const park = parkOf(replica);
  return park.inside.length >= park.capacity && !park.inside.includes(decoded.value.visitor);
}

interface ParkState {
  readonly capacity: number;
  readonly inside: readonly string[];
}

function parkOf({ machine }: Replica): ParkState {
  return (machine.snapshot() as unknown as { readonly park: ParkState }).park;
}

function isFull(outcome: Json): boolean {
  const isObject = typeof outcome === 'object' && outcome !== null;
  return isObject && 'reason' in outcome && outcome.reason === 'full';
}
