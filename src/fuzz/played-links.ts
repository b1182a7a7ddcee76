/** Links, and what they stand on, played by the fuzzer: connections, a coordinator and time. */
import type { Identity, NodeId } from '../core/identity.ts';
import type { Random } from '../sim/random.ts';
import { VirtualClock } from '../sim/virtual-clock.ts';
import {
  type ConnectionEvents,
  type ConnectionFactory,
  type Coordinator,
  type CoordinatorEvents,
} from '../transport/links.ts';
import { LinkSessions } from '../transport/link-sessions.ts';
import { MAX_LINKS } from '../transport/link-slots.ts';
import { refuseWebRtcSignal } from '../transport/webrtc-signal.ts';
import { pass } from './samples.ts';
import { must, type Size, type Verdict } from './target.ts';
import { WatchedClock } from './watched-clock.ts';

/** Connections that open at once. What their other ends say is the fuzzer's to choose. */
export class PlayedConnections {
  readonly open = new Map<NodeId, ConnectionEvents>();
  /** Those that are not closed. */
  count = 0;
  /** How often one was made, fed, sent over or closed. */
  deeds = 0;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  readonly connect: ConnectionFactory = (_self, peer, _initiator, events) => {
    this.count += 1;
    this.deeds += 1;
    const opening = this.#clock.schedule(1, () => {
      this.open.set(peer, events);
      events.open();
    });
    return {
      signal: (payload) => {
        this.deeds += 1;
        must(refuseWebRtcSignal(payload) === null, 'a connection is fed what was checked');
      },
      send: (message) => {
        this.deeds += 1;
        JSON.stringify(message);
        return 'sent';
      },
      close: () => {
        this.deeds += 1;
        this.count -= 1;
        this.#clock.cancel(opening);
        if (this.open.get(peer) === events) this.open.delete(peer);
      },
    };
  };
}

/** Where the coordinator's voice comes in. Whoever asks it for a list gets none: only what the fuzzer says comes. */
export class PlayedCoordinator implements Coordinator {
  events: CoordinatorEvents | null = null;
  /** How often it was told something. */
  deeds = 0;

  start(_self: Identity, events: CoordinatorEvents): void {
    this.events = events;
  }
  signal(): boolean {
    this.deeds += 1;
    return true;
  }
  list(): void {
    this.deeds += 1;
  }
  close(): void {
    this.events = null;
  }
}

/** Links over such connections, and all that can be seen of them. */
export class PlayedLinks {
  readonly time = new VirtualClock();
  readonly clock = new WatchedClock(this.time);
  readonly connections = new PlayedConnections(this.time);
  readonly sessions = new LinkSessions({
    connect: this.connections.connect,
    refusePayload: refuseWebRtcSignal,
    clock: this.clock,
    random: () => 0.5,
  });

  /** What must stay as it is when something is refused. */
  state(): unknown[] {
    const { open, deeds } = this.connections;
    return [this.sessions.held(), [...open.keys()], deeds, this.clock.deeds];
  }

  sizes(): Size[] {
    const { count, open } = this.connections;
    return [
      { what: 'links', size: this.sessions.held().links.length, most: MAX_LINKS },
      { what: 'connections', size: count, most: MAX_LINKS },
      { what: 'open connections', size: open.size, most: MAX_LINKS },
    ];
  }
}

/** Something over links that is shot at. */
export interface Player {
  readonly played: PlayedLinks;
  /** Why something was refused since the last shot. */
  refusals: string[];
  /** Everything that must stay as it is when something is refused. */
  state(): unknown[];
}

export interface Shots<P extends Player> {
  /** Bad input, from outside. */
  say(player: P, random: Random): void;
  /** Whatever else happens. */
  happen(player: P, random: Random): void;
  /** How long a pause between two inputs may be, mostly and rarely, ms. */
  readonly pauses: readonly [short: number, long: number];
  /** Why only a part is refused, and the rest counts. */
  readonly inPart?: ReadonlySet<string>;
}

/** One input: when it is refused, nothing changes. */
export function shoot<P extends Player>(player: P, shots: Shots<P>, random: Random): Verdict {
  player.refusals = [];
  if (random.chance(0.2)) {
    shots.happen(player, random);
  } else {
    const before = JSON.stringify(player.state());
    shots.say(player, random);
    const isRefused = player.refusals.some((reason) => !shots.inPart?.has(reason));
    if (isRefused) {
      must(JSON.stringify(player.state()) === before, 'what is refused changes nothing');
    }
  }
  const verdict = player.refusals.length > 0 ? 'refused' : 'accepted';
  const [short, long] = shots.pauses;
  pass(player.played.time, random.int(0, random.chance(0.05) ? long : short));
  return verdict;
}
