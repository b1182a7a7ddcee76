import type { NodeView } from '../core/view.ts';
import type { Driver } from './driver.ts';
import type { Status } from './gatehouse.ts';
import type { Host } from './host.ts';
import { unconfirmedOf } from './unconfirmed.ts';

/** The status of a tab: a plain snapshot. */
export function statusOf(
  host: Host,
  { feigning, isStalled }: { feigning: boolean; isStalled: (view: NodeView) => boolean },
): Status {
  const { life } = host;
  // Made once: this runs after every change.
  const view = life?.driver.view();
  return {
    ...(view ? nodeStatus(view) : blankStatus(host)),
    park: host.home.park,
    role: view?.role ?? (host.condition === 'terminated' ? 'terminated' : 'crashed'),
    capacity: life?.park.capacity ?? 0,
    occupancy: life?.park.visitors.size ?? 0,
    visitors: life ? [...life.park.visitors] : [],
    unconfirmed: life && view ? unconfirmed(view, life) : null,
    stalled: view !== undefined && isStalled(view),
    mutex: life?.driver.node.mutexHolder ?? null,
    signaling: host.coordinator,
    peers: life && view ? peersOf(view, life.driver) : [],
    trouble: host.trouble,
    refused: host.refusals.list(),
    faults: host.faults.map(({ to, drop, delayMs, cut }) => ({
      ...(to ? { to: [...to] } : {}),
      ...(drop === undefined ? {} : { drop }),
      ...(delayMs ? { delayMs: [delayMs[0], delayMs[1]] } : {}),
      ...(cut === undefined ? {} : { cut }),
    })),
    feigning,
  };
}

/** What only the node knows. */
type NodeStatus = Omit<
  Status,
  | 'park'
  | 'role'
  | 'capacity'
  | 'occupancy'
  | 'visitors'
  | 'unconfirmed'
  | 'stalled'
  | 'mutex'
  | 'signaling'
  | 'peers'
  | 'trouble'
  | 'refused'
  | 'faults'
  | 'feigning'
>;

function nodeStatus(view: NodeView): NodeStatus {
  const { conflict, settings } = view;
  return {
    id: view.self.id,
    name: view.self.name,
    priority: view.self.priority,
    term: view.term,
    leader: view.leader,
    quorum: view.quorum,
    commitIndex: view.commitIndex,
    lastIndex: view.lastIndex,
    pending: view.pending,
    generation: view.generation,
    election: settings.election,
    topology: settings.topology,
    multicast: settings.multicast,
    vacant: view.vacant,
    missing: view.missing.map(({ id, name }) => ({ id, name })),
    members: view.members.length,
    inStep: view.inStep,
    conflict: conflict && {
      generation: conflict.generation,
      peer: conflict.peer.id,
      name: conflict.peer.name,
      canAdopt: conflict.canAdopt,
    },
  };
}

/** A node whose memory is gone knows nothing but its name. */
function blankStatus(host: Host): NodeStatus {
  const { self, settings } = host.home;
  return {
    id: self.id,
    name: self.name,
    priority: self.priority,
    term: '',
    leader: null,
    quorum: false,
    commitIndex: 0,
    lastIndex: 0,
    pending: 0,
    generation: '',
    election: settings.election,
    topology: settings.topology,
    multicast: settings.multicast,
    vacant: false,
    missing: [],
    members: 0,
    inStep: 0,
    conflict: null,
  };
}

/** With a quorum it is a matter of milliseconds, and not worth the work. */
function unconfirmed(
  { quorum }: NodeView,
  { driver, park }: NonNullable<Host['life']>,
): Status['unconfirmed'] {
  return quorum ? null : unconfirmedOf(driver.node.replica, park);
}

function peersOf({ peers }: NodeView, driver: Driver): Status['peers'] {
  return peers
    .map(({ id, name, priority, voter, suspected }) => {
      return { id, name, priority, voter, suspected, link: driver.link(id) };
    })
    .sort((a, b) => b.priority - a.priority || (a.id < b.id ? 1 : -1));
}
