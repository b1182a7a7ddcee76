/** Bugs of visitors with tabs of their own. */
import type { Json } from '../../core/json.ts';
import { VisitRequests } from '../../machines/visit-requests.ts';
import { VisitorDesk } from '../../runtime/visitor/desk.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import { PageTickets } from '../visitors/visitor-load.ts';
import { replace } from './tools.ts';

export const VISIT_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'visits-forgotten-on-failover',
    "a new leader begins without the record of what visitors' tabs have asked for (rule V3)",
    ['S6'],
    ['crash-leader', 'hang', 'crash'],
    {
      started: (_gate, { node }) => {
        const enter = node.office.enter.bind(node.office);
        node.office.enter = (term, without) => {
          enter(term, without);
          const { machine } = node.replica;
          machine.restore(withoutRequests(machine.snapshot()));
        };
      },
    },
  ),
  plantedBug(
    'visit-decided-twice',
    'the park decides each copy of a request anew (rule V3)',
    ['S8', 'S3', 'S1', 'S7'],
    ['crash-leader', 'hang', 'partition'],
    { install: () => replace(VisitRequests.prototype, 'recall', () => null) },
  ),
  plantedBug(
    'door-unheard',
    'a gate tells nobody that the door has let it out or in (rule V9)',
    ['V9'],
    [],
    { install: () => replace(VisitorDesk.prototype, 'tellPlaces', () => undefined) },
  ),
  plantedBug(
    'ticket-written-late',
    "a visitor's request goes out before its number is on the disk (rule V2)",
    ['S7'],
    ['crash-leader', 'hang', 'partition'],
    {
      install: () =>
        replace(PageTickets.prototype, 'write', function (this: PageTickets, ticket, done) {
          this.add(ticket, () => undefined);
          done('kept');
        }),
    },
  ),
];

/** The machines' state, with a park that remembers no request. */
function withoutRequests(snapshot: Json): Json {
  const whole = snapshot as { readonly park: { readonly requests?: Json } };
  const { requests: _, ...park } = whole.park;
  return { ...whole, park };
}
