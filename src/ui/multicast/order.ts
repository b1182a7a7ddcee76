/** The lists of all gates, side by side: one row for each message, in the one order that they share. */
import type { MulticastMessage, MulticastPeer } from '../../runtime/gatehouse.ts';

export type Place = 'delivered' | 'held' | 'none';

export interface OrderRow {
  readonly message: MulticastMessage;
  /** What each gate has made of it, in the order of the gates. */
  readonly places: readonly Place[];
}

export interface Picture {
  readonly rows: readonly OrderRow[];
  /** No two gates have delivered two messages in different orders, as far as they told. */
  readonly agrees: boolean;
}

/** Held-back messages come where they will be delivered, as far as their gates know. */
export function pictureOf(peers: readonly MulticastPeer[]): Picture {
  const delivered = peers.map(({ told }) => told?.recent ?? []);
  const held = peers.map(({ told }) => told?.held ?? []);
  const all = merge(delivered.map((list, at) => [...list, ...(held[at] ?? [])]));
  const has = (lists: readonly (readonly MulticastMessage[])[]): Set<string>[] =>
    lists.map((list) => new Set(list.map(({ id }) => id)));
  const [isDelivered, isHeld] = [has(delivered), has(held)];
  const rows = all.order.map((message): OrderRow => {
    const places = peers.map((_, at): Place => {
      if (isDelivered[at]?.has(message.id) === true) return 'delivered';
      return isHeld[at]?.has(message.id) === true ? 'held' : 'none';
    });
    return { message, places };
  });
  return { rows, agrees: merge(delivered).agrees };
}

interface Merged {
  readonly order: readonly MulticastMessage[];
  readonly agrees: boolean;
}

/** One list that keeps the order of all of them. Where two contradict each other there is none: then `agrees` is false. */
function merge(lists: readonly (readonly MulticastMessage[])[]): Merged {
  let rest = lists.filter(({ length }) => length > 0);
  const order: MulticastMessage[] = [];
  let agrees = true;
  while (rest.length > 0) {
    const heads = rest.flatMap(([head]) => head ?? []);
    const isFirst = ({ id }: MulticastMessage): boolean =>
      rest.every((list) => list.findIndex((message) => message.id === id) <= 0);
    const next = heads.find(isFirst) ?? heads[0];
    if (next === undefined) break;
    agrees &&= isFirst(next);
    order.push(next);
    rest = rest
      .map((list) => list.filter(({ id }) => id !== next.id))
      .filter(({ length }) => length > 0);
  }
  return { order, agrees };
}
