/** Bugs of two generations that meet. */
import { Rivals, type RivalEvents } from '../../core/rivals.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import { insides, replaceGetter, wrap } from './tools.ts';

export const GENERATION_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'gives-way-unasked',
    'of two logs that both hold visitors the lesser one gives way by itself: no person is asked (rules G2 and G4)',
    ['G2', 'G4'],
    ['proceed-wrongly', 'found-apart'],
    { install: givesWayUnasked },
  ),
  plantedBug(
    'conflict-unseen',
    'a gate that meets another generation with visitors shows nobody that there is something to choose (rule G6)',
    ['G6'],
    ['proceed-wrongly', 'found-apart'],
    { install: () => replaceGetter(Rivals.prototype, 'conflict', () => null) },
  ),
];

/** Whoever notices that a person has to choose chooses, in the way in which both sides come to the same answer. */
function givesWayUnasked(): () => void {
  return wrap(
    Rivals.prototype,
    'met',
    (met) =>
      function (this: Rivals, peer, generation, mustChoose) {
        met.call(this, peer, generation, mustChoose);
        const { generation: ours } = insides(this).context;
        if (!mustChoose || ours === '' || ours > generation) return;
        const { events } = this as unknown as { readonly events: RivalEvents };
        if (events.canAdopt(generation)) events.adopt(generation, peer.id, () => undefined);
      },
  );
}
