/** Bugs that lose nothing, but after which something never happens (rules L1 and L2). */
import { Campaign } from '../../core/campaign.ts';
import { FailureDetector } from '../../core/failure-detector.ts';
import { Mutex } from '../../core/mutex.ts';
import { Outbox } from '../../core/outbox.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import { both, replace, wrap } from './tools.ts';

const nothing = (): void => undefined;

export const LIVENESS_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'mutex-kept-by-the-dead',
    'the mutex has no lease, and is not taken from a holder that failed (rule X3)',
    ['L1'],
    ['locks', 'crash'],
    {
      install: both(
        () => replace(Mutex.prototype, 'nodeFailed', nothing),
        () => replace(Mutex.prototype, 'leaseEnded', nothing),
      ),
    },
  ),
  plantedBug(
    'never-asked-again',
    'an operation that got no answer is not sent again (rule O1)',
    ['L1'],
    ['loss', 'crash-leader'],
    { install: () => replace(Outbox.prototype, 'resubmit', nothing) },
  ),
  plantedBug(
    'failed-for-ever',
    'a peer that failed once is never taken for alive again (rule F2)',
    ['L1'],
    ['isolate', 'hang', 'crash'],
    {
      install: () => {
        return wrap(
          FailureDetector.prototype,
          'heard',
          (heard) =>
            function (this: FailureDetector, peer) {
              if (!this.isFailed(peer)) heard.call(this, peer);
            },
        );
      },
    },
  ),
  plantedBug(
    'greatest-never-challenges',
    'a greater identity follows a lesser leader for ever (rule B7)',
    ['L2'],
    ['crash-leader'],
    { install: () => replace(Campaign.prototype, 'maybeChallenge', nothing) },
  ),
];
