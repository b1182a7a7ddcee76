import type { StorageWrite, Meta } from '../core/stored.ts';
import type { Envelope, Message } from '../core/messages.ts';
import { Mutex, type Section } from '../core/mutex.ts';
import { Sessions } from '../core/sessions.ts';
import type { NodeId } from '../core/identity.ts';
import type { Token } from '../core/entry.ts';
import { decodeEnvelope } from '../core/decode.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Storage } from '../storage/storage.ts';
import type { Transport, TransportEvents } from '../transport/transport.ts';
import { NO_PLANT, type Plant } from './plant.ts';

/** A bug that is put in on purpose, to see that the checkers find it. */
export interface PlantedBug {
  readonly name: string;
  readonly about: string;
  /** Faults that it takes to show: they come often, besides those that were asked for. */
  readonly faults: readonly string[];
  readonly plant: Plant;
  /** Puts in what no port can: returns what takes it out again. */
  install(): () => void;
}

const nothing = (): (() => void) => () => undefined;

export const PLANTS: readonly PlantedBug[] = [
  {
    name: 'quorum-of-the-visible',
    about:
      'a majority of the voters in sight is enough: those that are not count as if they had agreed',
    faults: ['partition'],
    install: nothing,
    plant: {
      ...NO_PLANT,
      ports: (gate, ports) => ({
        ...ports,
        transport: yesMen(ports.transport, ports.clock, (to) => !gate.sees(to)),
      }),
      started: (_gate, driver) => {
        driver.node.detector.isFailed = () => false;
      },
    },
  },
  {
    name: 'acknowledge-before-write',
    about: 'writes are said to be done at once, and done a while later',
    faults: ['crash-all'],
    install: nothing,
    plant: {
      ...NO_PLANT,
      ports: (_gate, ports) => ({
        ...ports,
        storage: new EagerStorage(ports.storage, ports.clock),
      }),
    },
  },
  {
    name: 'reused-term',
    about:
      'a candidate does not write down the term that it takes, and takes it again after a crash',
    faults: ['crash', 'crash-leader', 'crash-all'],
    install: nothing,
    plant: {
      ...NO_PLANT,
      ports: (gate, ports) => ({ ...ports, storage: forgetsOwnTerms(ports.storage, gate.id) }),
    },
  },
  {
    name: 'vote-after-amnesia',
    about: 'a gate whose disk was wiped votes on under its old name',
    faults: ['wipe'],
    install: nothing,
    plant: { ...NO_PLANT, keepsIdentity: true },
  },
  {
    name: 'own-log-wins',
    about: 'the winner of a ballot leads with its own log, not with the most up-to-date one',
    faults: ['crash-leader', 'isolate'],
    install: nothing,
    plant: {
      ...NO_PLANT,
      ports: (_gate, ports) => ({ ...ports, transport: deafToLogs(ports.transport) }),
    },
  },
  {
    name: 'forgotten-dedup',
    about: 'operations that were asked again are applied again',
    faults: ['crash-leader', 'loss', 'partition'],
    install: () => {
      return replace(Sessions.prototype, 'lookup', () => ({ state: 'new' }));
    },
    plant: NO_PLANT,
  },
  {
    name: 'old-token-accepted',
    about: 'the leader takes operations with a fencing token that has passed on',
    faults: ['locks', 'crash-leader', 'hang'],
    install: () => {
      return replace(Mutex.prototype, 'submitHeld', function (this: Mutex, section, token) {
        eventsOf(this).run(section, token);
        return true;
      });
    },
    plant: NO_PLANT,
  },
];

/** Replaces a method of all instances; returns what puts the old one back. */
function replace<T, K extends keyof T>(prototype: T, name: K, method: T[K]): () => void {
  const before = prototype[name];
  prototype[name] = method;
  return () => {
    prototype[name] = before;
  };
}

/** Private to the type checker only: a planted bug goes where nobody else may. */
function eventsOf(mutex: Mutex): { run(section: Section, token: Token): void } {
  return (mutex as unknown as { events: { run(section: Section, token: Token): void } }).events;
}

/** As a disk that flushes when it likes. */
const LAZY_MS = 500;

/** Reports every write done at once, and does it later. */
class EagerStorage implements Storage {
  #waiting: (readonly StorageWrite[])[] = [];
  #busy = false;
  #error: Parameters<Parameters<Storage['write']>[1]>[0] = null;

  constructor(
    private readonly inner: Storage,
    private readonly clock: Clock,
  ) {}

  load(done: Parameters<Storage['load']>[0]): void {
    this.inner.load(done);
  }

  write(writes: readonly StorageWrite[], done: Parameters<Storage['write']>[1]): void {
    this.#waiting.push(writes);
    if (!this.#busy) this.#later();
    this.clock.schedule(0, () => {
      done(this.#error);
    });
  }

  close(): void {
    this.inner.close();
  }

  #later(): void {
    this.#busy = true;
    this.clock.schedule(LAZY_MS, () => {
      this.#next();
    });
  }

  #next(): void {
    const writes = this.#waiting.shift();
    if (!writes || this.#error) {
      this.#busy = false;
      return;
    }
    this.inner.write(writes, (error) => {
      this.#error = error;
      this.#next();
    });
  }
}

/** Writes the promise of an older term in place of one for its own. */
function forgetsOwnTerms(inner: Storage, self: NodeId): Storage {
  let written = '';
  const changed = (meta: Meta): Meta => {
    if (!meta.promised.endsWith(`.${self}`)) written = meta.promised;
    return { ...meta, promised: written };
  };
  return {
    load: (done) => {
      inner.load((result) => {
        if (result.ok) written = result.stored?.meta.promised ?? '';
        done(result);
      });
    },
    write: (writes, done) => {
      inner.write(
        writes.map((write) =>
          write.type === 'meta' ? { ...write, meta: changed(write.meta) } : write,
        ),
        done,
      );
    },
    close: () => {
      inner.close();
    },
  };
}

/** A transport with something done to what goes in and out. */
function wrapped(
  inner: Transport,
  over: {
    send?: (to: NodeId, message: unknown, events: TransportEvents | null) => boolean;
    message?: (data: unknown, from: NodeId) => unknown;
  },
): Transport {
  let owner: TransportEvents | null = null;
  return {
    start: (self, events) => {
      owner = events;
      inner.start(self, {
        message: (from, data) => {
          events.message(from, over.message ? over.message(data, from) : data);
        },
        link: (peer, state, closedByPeer) => {
          events.link(peer, state, closedByPeer);
        },
        members: (members) => {
          events.members(members);
        },
        hint: (peer) => {
          events.hint(peer);
        },
        coordinator: (state) => {
          events.coordinator(state);
        },
        refused: (reason) => {
          events.refused(reason);
        },
      });
    },
    send: (to, message) => {
      if (over.send?.(to, message, owner) !== true) inner.send(to, message);
    },
    meet: (peers) => {
      inner.meet(peers);
    },
    forget: (peer) => {
      inner.forget(peer);
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

/**
 * Answers in place of those that can't be seen: yes, always. When they show up and say no, nobody listens: the leader
 * would tell them the same again and again.
 */
function yesMen(inner: Transport, clock: Clock, isOut: (to: NodeId) => boolean): Transport {
  const spokenFor = new Set<NodeId>();
  return wrapped(inner, {
    send: (to, message, events) => {
      const decoded = decodeEnvelope(message);
      if (!decoded.ok || !isOut(to)) return false;
      const answer = agreement(decoded.value);
      if (!answer) return false;
      spokenFor.add(to);
      const { generation } = decoded.value;
      clock.schedule(1, () => {
        events?.message(to, { generation, message: answer });
      });
      return true;
    },
    message: (data, from) => {
      if (!spokenFor.has(from)) return data;
      const decoded = decodeEnvelope(data);
      const refuses =
        decoded.ok && decoded.value.message.type === 'APPENDED' && !decoded.value.message.ok;
      return refuses ? null : data;
    },
  });
}

function agreement({ message }: Envelope): Message | null {
  if (message.type === 'PREPARE')
    return { type: 'PROMISE', term: message.term, last: message.last, members: [], tail: [] };
  if (message.type !== 'APPEND') return null;
  const end = message.entries[message.entries.length - 1] ?? message.previous;
  const match = { index: end.index, term: end.term };
  return { type: 'APPENDED', term: message.term, ok: true, match, beat: message.beat };
}

/** Promises arrive without the logs that stand behind them. */
function deafToLogs(inner: Transport): Transport {
  return wrapped(inner, {
    message: (data) => {
      const decoded = decodeEnvelope(data);
      if (!decoded.ok || decoded.value.message.type !== 'PROMISE') return data;
      const message = { ...decoded.value.message, last: { index: 0, term: '' }, tail: [] };
      return { ...decoded.value, message };
    },
  });
}
