import { hear } from '../../../signaling/hear.ts';
import {
  decodeClientMessage,
  decodeServerMessage,
  parseFrame,
} from '../../../signaling/protocol.ts';
import { Rooms, type HeldRoom, type RoomEffect } from '../../../signaling/rooms.ts';
import type { Random } from '../../sim/random.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { SignalingClient, type Socket } from '../../transport/signaling-client.ts';
import { mutateJson, mutateText } from '../mutate.ts';
import { pass } from '../samples.ts';
import { must, mustFit, type Size, type Target } from '../target.ts';
import { WatchedClock } from '../watched-clock.ts';
import { mustComeBack } from './decode.ts';

const MOST = {
  parks: 8,
  membersPerPark: 6,
  visitorsPerPark: 4,
  formerMembers: 20,
  formerMembersPerPark: 5,
};
/** More than there is room for: 80 in all parks. */
const SOCKETS = 120;
const NAMES = [
  ...['anna', 'bert', 'carl', 'dora', 'emil', 'fred', 'gina', 'hans'],
  ...['ilse', 'jens', 'karl', 'lena', 'mara', 'nils', 'olga', 'paul'],
];

function fromClient(random: Random): unknown {
  const id = random.pick(NAMES);
  const park = `park ${random.int(0, 9)}`;
  const role = random.chance(0.4) ? { role: 'visitor' } : {};
  const howdy = { type: 'howdy', park, id, priority: 1, ...role };
  return random.pick<unknown>([
    { ...howdy, secret: `secret of ${id ?? ''}` },
    { ...howdy, secret: `secret no. ${random.int(0, 3)}` },
    { type: 'signal', to: id, signal: { type: 'ask', session: 1, incarnation: 2 } },
    { type: 'list' },
    { type: random.chance(0.5) ? 'bye' : 'list' },
    { type: 'ping', nonce: '7' },
  ]);
}

function fromServer(random: Random): unknown {
  const member = { id: random.pick(NAMES), priority: 1 };
  const role = random.chance(0.3) ? { role: 'visitor' } : {};
  return random.pick<unknown>([
    { type: 'welcome', members: [member], you: 'self' },
    { type: 'welcome', members: [], you: 'self', fresh: true },
    { type: 'joined', member },
    { type: 'gone', id: member.id },
    {
      type: 'signal',
      from: member.id,
      signal: { type: 'ask', session: 1, incarnation: 2 },
      ...role,
    },
    { type: 'members', members: [member] },
    { type: 'pong', nonce: '1' },
    { type: 'error', code: 'unknown-peer', message: 'Gone.' },
    { type: 'error', code: 'id-taken', message: 'No.' },
  ]);
}

/** The text of a frame: good, garbled, or good JSON that says something else. */
function frame(good: unknown, random: Random): string {
  const kind = random.next();
  if (kind < 0.4) return JSON.stringify(good);
  if (kind < 0.6) return mutateText(JSON.stringify(good), random);
  return JSON.stringify(mutateJson(good, random) ?? null);
}

function isRefusal(effect: RoomEffect<number>): boolean {
  return effect.type === 'send' && effect.message.type === 'error';
}

function mustFitSchema(effects: readonly RoomEffect<number>[]): void {
  const isSayable = effects.every((effect) => {
    return effect.type !== 'send' || decodeServerMessage(effect.message).ok;
  });
  must(isSayable, 'the server says what its own schema allows');
}

/** Of all that is held, what has a bound. */
function sizesOf(rooms: Rooms<number>): Size[] {
  const { rooms: parks, sockets } = rooms.held();
  const most = (count: (park: HeldRoom<number>) => number): number =>
    Math.max(0, ...parks.map(count));
  const seated = (isVisitor: boolean): number =>
    most(({ seats }) => seats.filter((seat) => seat.isVisitor === isVisitor).length);
  return [
    { what: 'parks', size: rooms.parks, most: MOST.parks },
    { what: 'members of a park', size: seated(false), most: MOST.membersPerPark },
    { what: 'visitors of a park', size: seated(true), most: MOST.visitorsPerPark },
    { what: 'registered sockets', size: sockets.length, most: SOCKETS },
    { what: 'former members', size: rooms.formerMembers, most: MOST.formerMembers },
    {
      what: 'former members of a park',
      size: most(({ former }) => former.length),
      most: MOST.formerMembersPerPark,
    },
  ];
}

/** Whatever is held is held for a socket that is there, or for a park where one is. */
function mustHoldNothingElse(rooms: Rooms<number>): void {
  const { rooms: parks, sockets } = rooms.held();
  const sum = (count: (park: HeldRoom<number>) => number): number =>
    parks.reduce((all, park) => all + count(park), 0);
  must(sum(({ seats }) => seats.length) === sockets.length, 'a seat is of one socket');
  must(
    sum(({ former }) => former.length) === rooms.formerMembers,
    'who left is remembered only where somebody is',
  );
}

/** The server's side: sockets that say what they like, in eight parks of six members and four visitors. */
export const server: Target = {
  name: 'signaling',
  about: 'what browsers say to the signaling server, and the rooms behind it',
  open: () => {
    let now = 0;
    const rooms = new Rooms<number>(MOST, () => now);
    let held = JSON.stringify(rooms.held());
    return {
      shoot: (random) => {
        // Some stay for moments, some for longer: both kinds are remembered.
        now += random.int(0, 500);
        const socket = random.int(0, SOCKETS - 1);
        const text = frame(fromClient(random), random);
        const value = parseFrame(text);
        const decoded = decodeClientMessage(value);
        if (decoded.ok) mustComeBack(value, decoded.message);
        const effects = hear(rooms, socket, text);
        mustFitSchema(effects);
        const before = held;
        held = JSON.stringify(rooms.held());
        if (!effects.some(isRefusal)) {
          must(decoded.ok, 'what does not fit the schema is refused');
          mustHoldNothingElse(rooms);
          mustFit(sizesOf(rooms));
          return 'accepted';
        }
        must(effects.length === 1, 'nobody else hears of what is refused');
        must(held === before, 'what is refused changes nothing');
        return 'refused';
      },
      sizes: () => sizesOf(rooms),
    };
  },
};

/** A member's client over sockets that the fuzzer speaks from. */
class Line {
  readonly clock = new VirtualClock();
  socket: Socket | null = null;
  sockets = 0;
  /** Why something was refused. */
  refusals: string[] = [];
  /** How often it told its owner something, sent something, or opened or closed a socket. */
  #deeds = 0;
  readonly #watched = new WatchedClock(this.clock);

  constructor() {
    const coordinator = new SignalingClient({
      ...{ url: 'ws://x', park: 'main', secret: '01234567' },
      clock: this.#watched,
      random: () => 0.5,
      connect: () => this.#connect(),
    });
    const told = (): void => {
      this.#deeds += 1;
    };
    coordinator.start(
      { id: 'self', priority: 1 },
      {
        ...{ state: told, members: told, joined: told, arrived: told, gone: told, signal: told },
        refused: (reason) => {
          must(reason.length < 100, 'a reason is a few words of our own');
          this.refusals.push(reason);
        },
      },
    );
  }

  /** All that shows of it. */
  state(): string {
    return JSON.stringify([this.sockets, this.#deeds, this.#watched.deeds]);
  }

  sizes(): Size[] {
    return [
      { what: 'sockets', size: this.sockets, most: 1 },
      // Of what comes next, and of the next question for a whole list.
      { what: 'timers', size: this.#watched.pending, most: 2 },
    ];
  }

  #connect(): Socket {
    this.sockets += 1;
    this.#deeds += 1;
    const socket: Socket = {
      ...{ onopen: null, onmessage: null, onclose: null, onerror: null },
      send: () => {
        this.#deeds += 1;
      },
      close: () => {
        this.#deeds += 1;
        this.sockets -= 1;
      },
    };
    this.socket = socket;
    return socket;
  }
}

/** Of a list only a part may be refused; and what the server refused of ours is no refusal of its word. */
function isWhole(reason: string): boolean {
  return reason !== 'a member that can be no node' && !reason.startsWith('the server says ');
}

/** The browser's side: one client, and a server that says anything. */
export const client: Target = {
  name: 'coordinator',
  about: 'what the signaling server says to a browser',
  open: () => {
    const line = new Line();
    return {
      shoot: (random) => {
        line.refusals = [];
        const data: unknown = random.chance(0.02)
          ? new Uint8Array(8)
          : frame(fromServer(random), random);
        const decoded = decodeServerMessage(
          typeof data === 'string' ? parseFrame(data) : undefined,
        );
        if (random.chance(0.2)) line.socket?.onopen?.();
        const before = line.state();
        line.socket?.onmessage?.({ data });
        if (!decoded.ok || line.refusals.some(isWhole)) {
          must(line.state() === before, 'what is refused changes nothing');
        }
        if (random.chance(0.1)) line.socket?.onclose?.({ code: random.int(1000, 5000) });
        pass(line.clock, random.chance(0.2) ? random.int(0, 8000) : 5);
        return line.refusals.length > 0 ? 'refused' : 'accepted';
      },
      sizes: () => line.sizes(),
    };
  },
};
