import { graphOf } from '../core/topology.ts';
import type { Peer } from '../core/identity.ts';
import type { MulticastKind } from '../core/entry.ts';
import type { Group } from '../core/multicast/group.ts';
import type { Gate, Life } from './gate.ts';
import type { World } from './world.ts';

/** Rule M4. */
const MOST_VOTERS = 9;

export interface NotYet {
  readonly rule: 'L1' | 'L2' | 'E9' | 'V9';
  /** Made only for whoever reads it. */
  detail(): string;
}

/** What is still missing once everything has healed (rules L1 and L2); null when nothing is. */
export function convergence(world: World): NotYet | null {
  const gates = world.gates.filter(({ status }) => status !== 'gone');
  const down = gates.find(({ awake, life }) => !awake || life?.ready !== true);
  if (down) return missing(`gate ${down.index} does not run`, gates);
  const lives = gates.flatMap(({ life }) => life ?? []);
  const leaders = lives.filter(({ driver }) => driver.node.leadership?.replication.quorum === true);
  const [leader] = leaders;
  if (!leader || leaders.length > 1) return missing(`${leaders.length} leaders`, gates);
  return (
    membershipOf(leader, lives, gates) ??
    logsOf(leader, lives, gates) ??
    operations(world, lives, gates) ??
    phones(world, leader, gates) ??
    linksOf(world, leader, lives, gates) ??
    multicasts(lives, gates, 'sequencer') ??
    multicasts(lives, gates, 'lamport') ??
    bestLeader(leader, lives, gates)
  );
}

function membershipOf(leader: Life, lives: readonly Life[], gates: readonly Gate[]): NotYet | null {
  const { membership } = leader.driver.node.replica;
  const ids = new Set(lives.map(({ peer }) => peer.id));
  const strange = membership.members.find(({ id }) => !ids.has(id));
  if (strange) return missing(`member ${strange.id} is gone for good`, gates);
  if (membership.members.length < lives.length) return missing('not all are members', gates);
  const voters = Math.min(MOST_VOTERS, lives.length);
  if (membership.voters().length < voters) return missing('not all are voters', gates);
  const others = membership.members.filter(({ voter }) => !voter);
  const least = membership.voters().reduce((a, b) => (isGreater(a, b) ? b : a));
  const better = others.find((member) => isGreater(member, least));
  return better ? missing(`${better.id} is no voter, and ${least.id} is`, gates) : null;
}

function logsOf(leader: Life, lives: readonly Life[], gates: readonly Gate[]): NotYet | null {
  const end = leader.driver.node.replica;
  for (const { driver, peer } of lives) {
    const { replica } = driver.node;
    if (driver.node.liveLeader()?.id !== leader.peer.id)
      return missing(`${peer.id} follows another leader or none`, gates);
    const equal =
      replica.log.lastIndex === end.log.lastIndex && replica.commitIndex === end.log.lastIndex;
    if (!equal) return missing(`${peer.id} does not hold all entries as committed`, gates);
  }
  return null;
}

function operations(world: World, lives: readonly Life[], gates: readonly Gate[]): NotYet | null {
  const [open] = world.workload.openCalls;
  if (open) return missing(`operation ${open.key} is open`, gates);
  const full = lives.find(({ driver }) => driver.node.outbox.size > 0);
  return full ? missing(`${full.peer.id} has operations in its outbox`, gates) : null;
}

/** Rule V9: what every visitor's page shows is what the log says of its name. */
function phones(world: World, { park }: Life, gates: readonly Gate[]): NotYet | null {
  const wrong = world.workload.visits.shown.find(
    ({ name, inside }) => inside !== park.visitors.has(name),
  );
  if (!wrong) return null;
  const shown = wrong.inside === null ? 'nothing yet' : wrong.inside ? 'inside' : 'outside';
  return { ...missing(`the page of ${wrong.name} shows ${shown}`, gates), rule: 'V9' };
}

/** Rules N1 and N6: in a sparse topology everybody has the links of its graph, and no others. */
function linksOf(
  world: World,
  leader: Life,
  lives: readonly Life[],
  gates: readonly Gate[],
): NotYet | null {
  const { membership, settings } = leader.driver.node.replica;
  const kind = settings?.topology ?? 'mesh';
  if (kind === 'mesh') return null;
  const graph = graphOf(kind, membership.members, membership.generations[0]?.id ?? '');
  const ids = lives.map(({ peer }) => peer.id);
  for (const id of ids) {
    const linked = ids.filter((other) => other !== id && world.network.openLinks(id, other) > 0);
    const wanted = [...(graph.get(id) ?? [])];
    if (linked.sort().join(' ') !== wanted.sort().join(' '))
      return missing(`${id} is linked to ${linked.join(' ')} and not ${wanted.join(' ')}`, gates);
  }
  return null;
}

/** Everybody is in the same view, and has delivered everything. */
function multicasts(
  lives: readonly Life[],
  gates: readonly Gate[],
  order: MulticastKind,
): NotYet | null {
  const groupOf = ({ driver }: Life): Group => driver.node.groups.of(order);
  const [first] = lives.map(groupOf);
  const waiting = lives.find((life) => groupOf(life).sends.size > 0);
  if (waiting) return missing(`${waiting.peer.id} has multicasts under way`, gates);
  if (lives.every(({ driver }) => driver.node.replica.view(order) === null)) return null;
  const out = lives.find((life) => {
    const { view } = groupOf(life);
    return view === null || view.number !== first?.view?.number;
  });
  if (out) return missing(`${out.peer.id} is not in the view of the others`, gates);
  const holding = lives.find((life) => groupOf(life).report().held.length > 0);
  return holding ? missing(`${holding.peer.id} holds multicasts back`, gates) : null;
}

function bestLeader(leader: Life, lives: readonly Life[], gates: readonly Gate[]): NotYet | null {
  const best = lives.map(({ peer }) => peer).reduce((a, b) => (isGreater(b, a) ? b : a));
  if (best.id === leader.peer.id) return null;
  return { ...missing(`${best.id} is greater than its leader`, gates), rule: 'L2' };
}

function isGreater(a: Peer, b: Peer): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.id > b.id);
}

function missing(what: string, gates: readonly Gate[]): NotYet {
  return { rule: 'L1', detail: () => [what, ...gates.map(describe)].join('\n  ') };
}

/** A gate in one line, for whoever looks for the cause. */
export function describe({ index, peer, status, life }: Gate): string {
  if (!life) return `gate ${index} ${peer.id} ${status}`;
  const view = life.driver.view();
  const members = view.members.map(({ id, voter }) => (voter ? id : `(${id})`)).join(' ');
  const links = view.peers.map(({ id, link }) => `${id}:${link}`).join(' ');
  return (
    `gate ${index} ${peer.id} p${peer.priority} ${status} ${view.role} term ${view.term} leader ${view.leader ?? '-'} ` +
    `quorum ${String(view.quorum)} commit ${view.commitIndex}/${view.lastIndex} pending ${view.pending} ` +
    `generation ${view.generation}${view.conflict ? ' CONFLICT' : ''}${view.vacant ? ' VACANT' : ''} members ${members} links ${links}`
  );
}
