import type { Context } from '../../core/context.ts';
import type { Effect } from '../../core/effects.ts';
import type { NodeId } from '../../core/identity.ts';
import type { LeadershipEvents } from '../../core/leadership.ts';
import type { Envelope, Message } from '../../core/messages.ts';
import type { MutexEvents } from '../../core/mutex.ts';
import type { Node } from '../../core/node.ts';
import type { Replica } from '../../core/replica.ts';
import type { ReplicationEvents } from '../../core/replication.ts';
import type { StorageWrite } from '../../core/stored.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Transport, TransportEvents } from '../../transport/transport.ts';

/** Replaces a method of all instances; returns what puts the old one back. */
export function replace<T, K extends keyof T>(prototype: T, name: K, method: T[K]): () => void {
  const before = prototype[name];
  prototype[name] = method;
  return () => {
    prototype[name] = before;
  };
}

/** As `replace`, with the old method at hand. */
export function wrap<T, K extends keyof T>(
  prototype: T,
  name: K,
  make: (before: T[K]) => T[K],
): () => void {
  return replace(prototype, name, make(prototype[name]));
}

/** As `replace`, for a getter. */
export function replaceGetter<T extends object, K extends keyof T & string>(
  prototype: T,
  name: K,
  get: (this: T, before: () => T[K]) => T[K],
): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  if (!descriptor) throw new Error(`there is no ${name}`);
  Object.defineProperty(prototype, name, {
    configurable: true,
    get(this: T): T[K] {
      return get.call(this, () => descriptor.get?.call(this) as T[K]);
    },
  });
  return () => {
    Object.defineProperty(prototype, name, descriptor);
  };
}

export function both(...installs: readonly (() => () => void)[]): () => () => void {
  return () => {
    const removes = installs.map((install) => install());
    return () => {
      for (const remove of removes) remove();
    };
  };
}

/** What the parts of a leader keep to themselves. Private to the type checker only: a plant goes where nobody else may. */
interface Insides {
  readonly context: Context;
  readonly replica: Replica;
}

export function insides(part: object): Insides {
  return part as Insides;
}

export function eventsOfReplication(part: object): ReplicationEvents {
  return (part as { readonly events: ReplicationEvents }).events;
}

export function eventsOfMutex(part: object): MutexEvents {
  return (part as { readonly events: MutexEvents }).events;
}

export function eventsOfLeadership(part: object): LeadershipEvents {
  return (part as { readonly events: LeadershipEvents }).events;
}

/** Changes what a node does: every effect of each of its steps, those that wait for the disk too. */
export function changeEffects(node: Node, change: (effect: Effect) => Effect | null): void {
  const step = node.step.bind(node);
  const changed = (effects: readonly Effect[]): Effect[] =>
    effects.flatMap((effect) => {
      const own =
        effect.type === 'persist' ? { ...effect, releases: changed(effect.releases) } : effect;
      return change(own) ?? [];
    });
  node.step = (event) => changed(step(event));
}

/** Changes what a node says. */
export function changeSent(node: Node, change: (message: Message, to: NodeId) => Message): void {
  changeEffects(node, (effect) => {
    if (effect.type !== 'send') return effect;
    const { generation, message } = effect.envelope;
    return { ...effect, envelope: { generation, message: change(message, effect.to) } };
  });
}

/** Changes what a node hears; null for a message that it overhears. */
export function changeHeard(
  node: Node,
  change: (message: Message, from: NodeId) => Message | null,
): void {
  const step = node.step.bind(node);
  node.step = (event) => {
    if (event.type !== 'message') return step(event);
    const message = change(event.envelope.message, event.from);
    if (!message) return [];
    const envelope: Envelope = { generation: event.envelope.generation, message };
    return step({ ...event, envelope });
  };
}

/** A store with something done to what is written. */
export function changeWrites(
  inner: Storage,
  change: (writes: readonly StorageWrite[]) => readonly StorageWrite[],
): Storage {
  return {
    load: (done) => {
      inner.load(done);
    },
    write: (writes, done) => {
      inner.write(change(writes), done);
    },
    close: () => {
      inner.close();
    },
  };
}

/** A transport with something done to what goes in and out. */
export function changeTransport(
  inner: Transport,
  over: {
    /** True when it was dealt with. */
    send?: (to: NodeId, message: unknown, events: TransportEvents | null) => boolean;
    message?: (data: unknown, from: NodeId) => unknown;
  },
): Transport {
  let owner: TransportEvents | null = null;
  return {
    start: (self, events) => {
      owner = events;
      inner.start(self, {
        ...events,
        message: (from, data) => {
          events.message(from, over.message ? over.message(data, from) : data);
        },
      });
    },
    send: (to, message) => {
      if (over.send?.(to, message, owner) !== true) inner.send(to, message);
    },
    meet: (peers) => {
      inner.meet(peers);
    },
    keepLinks: (keep, avoid) => {
      inner.keepLinks(keep, avoid);
    },
    requestMembers: () => {
      inner.requestMembers();
    },
    setFaults: (rules) => {
      inner.setFaults(rules);
    },
    close: () => {
      inner.close();
    },
  };
}
