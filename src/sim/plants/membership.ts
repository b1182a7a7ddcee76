/** Bugs of changes to the membership. */
import { Membership } from '../../core/membership.ts';
import { Reconfiguration } from '../../core/reconfiguration.ts';
import { Replication } from '../../core/replication.ts';
import type { FailureDetector } from '../../core/failure-detector.ts';
import type { NodeId } from '../../core/identity.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import { both, insides, replace, wrap, replaceGetter } from './tools.ts';

export const MEMBERSHIP_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'changes-overlap',
    'a membership is changed again before the last change is committed (rule M2)',
    ['S2'],
    ['leave', 'wipe', 'join', 'crash-all', 'isolate'],
    {
      install: () => duringChanges(Membership.prototype, 'index', () => 0),
    },
  ),
  plantedBug(
    'change-before-open',
    'a leader changes the membership before an entry of its own term is committed (rule M2)',
    ['S2'],
    ['leave', 'wipe', 'join', 'crash-leader'],
    {
      started: (gate) => {
        gate.slowness = 40;
      },
      install: () => duringChanges(Replication.prototype, 'opened', () => true),
    },
  ),
  plantedBug(
    'many-changes-at-once',
    'all members that are out of sight are evicted in one change, if the rest has a majority of itself (rule M2)',
    ['S2'],
    ['partition'],
    { install: evictsAllAtOnce },
  ),
  plantedBug(
    'snapshot-of-the-end',
    "a snapshot gets the membership of the log's end, which may be taken back, and not that of where it stands (rule M1)",
    ['S6'],
    ['join', 'leave', 'crash'],
    {
      install: () =>
        replace(Membership.prototype, 'membersAt', function (this: Membership) {
          return this.members;
        }),
    },
  ),
];

/** A getter lies while the leader looks for the next change. */
function duringChanges<T extends object, K extends keyof T & string>(
  prototype: T,
  name: K,
  lie: () => T[K],
): () => void {
  let changing = false;
  return both(
    () => replaceGetter(prototype, name, (before) => (changing ? lie() : before())),
    () =>
      wrap(
        Reconfiguration.prototype,
        'proceed',
        (proceed) =>
          function (this: Reconfiguration) {
            const outer = changing;
            changing = true;
            try {
              proceed.call(this);
            } finally {
              changing = outer;
            }
          },
      ),
  )();
}

interface Parts {
  readonly detector: FailureDetector;
  readonly replication: Replication;
}

function evictsAllAtOnce(): () => void {
  return replace(Reconfiguration.prototype, 'evict', function (this: Reconfiguration, subject) {
    const { replica, context } = insides(this);
    const { detector, replication } = this as unknown as Parts;
    if (!detector.isFailed(subject) || !replica.membership.find(subject)) return;
    const inSight = (id: NodeId): boolean => id === context.self || !detector.isFailed(id);
    const members = replica.membership.members.filter(({ id }) => inSight(id));
    replication.append([{ kind: 'membership', change: 'evict', subject, members }]);
  });
}
