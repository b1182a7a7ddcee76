/**
 * Who is registered in which park. Pure: a socket is only a key here (of any type S), and what is
 * to be sent or closed comes back as data, in order.
 *
 * A park that nobody is in is not stored, so an absent park and an empty one are the same thing and
 * get the same answer. There is no way to list parks.
 *
 * An id belongs to whoever used it first, as long as anybody is in the park: the one who lost its
 * connection gets it back with its secret, and nobody else gets it in between.
 *
 * Members and visitors sit in the same room. Nobody is told of a visitor, and its id is forgotten when
 * it goes.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { FormerMembers, type FormerMember } from './former.ts';
import {
  CLOSE,
  LIMITS,
  type ClientMessage,
  type ErrorCode,
  type Member,
  type ServerMessage,
} from './protocol.ts';

type Howdy = Extract<ClientMessage, { type: 'howdy' }>;
type Signal = Extract<ClientMessage, { type: 'signal' }>;

/** What the caller must do next. */
export type RoomEffect<S> =
  | { type: 'send'; to: S; message: ServerMessage }
  | { type: 'close'; socket: S; code: number; reason: string };

/** One registered socket. */
interface Seat<S> {
  readonly socket: S;
  readonly park: string;
  readonly secretHash: string;
  readonly isVisitor: boolean;
  /** As if it had been there ever since, without the breaks, ms. */
  readonly since: number;
  member: Member;
}

/** By id. */
type Room<S> = Map<string, Seat<S>>;

/** All that is kept of one park. */
export interface HeldRoom<S> {
  readonly park: string;
  readonly seats: readonly Seat<S>[];
  readonly former: readonly (readonly [id: string, FormerMember])[];
}

/** All that there is in memory, as plain data. */
export interface HeldRooms<S> {
  readonly rooms: readonly HeldRoom<S>[];
  /** The sockets that are let in. */
  readonly sockets: readonly S[];
}

interface Most {
  readonly parks: number;
  readonly membersPerPark: number;
  readonly visitorsPerPark: number;
  readonly formerMembers: number;
  readonly formerMembersPerPark: number;
}

export class Rooms<S> {
  readonly #parks = new Map<string, Room<S>>();
  readonly #seats = new Map<S, Seat<S>>();
  readonly #former: FormerMembers;
  readonly #most: Most;
  readonly #now: () => number;

  /** `now`: any clock that runs on, ms. */
  constructor(most: Most, now: () => number) {
    this.#most = most;
    this.#now = now;
    this.#former = new FormerMembers({
      total: most.formerMembers,
      perPark: most.formerMembersPerPark,
    });
  }

  /** How many parks are held in memory: none that nobody is in. */
  get parks(): number {
    return this.#parks.size;
  }

  /** Of how many who left it is known whom their ids belong to. */
  get formerMembers(): number {
    return this.#former.size;
  }

  /** For checks of what is held, and that what is refused leaves it as it was. No socket is ever told of it. */
  held(): HeldRooms<S> {
    const rooms = [...this.#parks].map(([park, room]) => ({
      park,
      seats: [...room.values()],
      former: this.#former.of(park),
    }));
    return { rooms, sockets: [...this.#seats.keys()] };
  }

  /** Whether the socket has said HOWDY and was let in. */
  isRegistered(socket: S): boolean {
    return this.#seats.has(socket);
  }

  /**
   * HOWDY: enters a park, or changes the priority of a socket that is in it, or takes an id
   * over from an older socket with the same secret. Errors: `bad-message` for a second park or id on
   * one socket, `id-taken` for a wrong secret, `park-full`, `server-full`.
   */
  register(socket: S, howdy: Howdy): RoomEffect<S>[] {
    const mine = this.#seats.get(socket);
    if (mine !== undefined && (mine.park !== howdy.park || mine.member.id !== howdy.id)) {
      return refuse(socket, 'bad-message', 'One socket registers one id in one park.');
    }
    const room = this.#parks.get(howdy.park);
    const holder = room?.get(howdy.id);
    const former = this.#former.find(howdy.park, howdy.id);
    const secretHash = hash(howdy.secret);
    const known = holder?.secretHash ?? former?.secretHash;
    if (known !== undefined && !isEqual(known, secretHash)) {
      return refuse(socket, 'id-taken', 'This id is in use here, and the secret is not its own.');
    }
    const isVisitor = howdy.role === 'visitor';
    if (holder !== undefined && holder.isVisitor !== isVisitor) {
      return refuse(socket, 'bad-message', 'Nobody is a member and a visitor.');
    }
    const full = holder === undefined ? this.#full(room, isVisitor) : undefined;
    if (full !== undefined) return refuse(socket, full.code, full.message);
    const member = { id: howdy.id, priority: howdy.priority };
    const since = holder?.since ?? this.#now() - (former?.stayedMs ?? 0);
    const seat = { socket, park: howdy.park, secretHash, isVisitor, since, member };
    this.#seat(seat);
    return [...this.#replaced(holder, socket), ...this.#announce(seat)];
  }

  /** SIGNAL: passes it on within the park, stamped with its sender. Error: `unknown-peer`. */
  relay(socket: S, { to, signal }: Pick<Signal, 'to' | 'signal'>): RoomEffect<S>[] {
    const mine = this.#seats.get(socket);
    if (mine === undefined) return notRegistered(socket);
    const theirs = this.#parks.get(mine.park)?.get(to);
    if (theirs === undefined) return refuse(socket, 'unknown-peer', `Not in this park: ${to}`);
    // Visitors have nothing to tell each other.
    if (mine.isVisitor && theirs.isVisitor) {
      return refuse(socket, 'unknown-peer', `Not in this park: ${to}`);
    }
    const message: ServerMessage = {
      type: 'signal',
      from: mine.member.id,
      signal,
      ...(mine.isVisitor ? { role: 'visitor' } : {}),
    };
    return [{ type: 'send', to: theirs.socket, message }];
  }

  /** LIST: answers with the other members of the socket's own park. */
  list(socket: S): RoomEffect<S>[] {
    const mine = this.#seats.get(socket);
    if (mine === undefined) return notRegistered(socket);
    const members = this.#membersBut(mine);
    return [{ type: 'send', to: socket, message: { type: 'members', members } }];
  }

  /** The socket closed, or said BYE: the rest of its park gets the hint. Does nothing twice. */
  leave(socket: S): RoomEffect<S>[] {
    const mine = this.#seats.get(socket);
    if (mine === undefined) return [];
    this.#seats.delete(socket);
    const { id } = mine.member;
    this.#unseat(mine);
    if (mine.isVisitor) return [];
    const message: ServerMessage = { type: 'gone', id };
    return this.#others(mine.park, id).map((seat) => ({ type: 'send', to: seat.socket, message }));
  }

  #full(
    room: Room<S> | undefined,
    isVisitor: boolean,
  ): { code: ErrorCode; message: string } | undefined {
    const { parks, membersPerPark, visitorsPerPark } = this.#most;
    if (room === undefined && this.#parks.size >= parks) {
      return { code: 'server-full', message: `This server holds ${parks} parks.` };
    }
    const seats = [...(room?.values() ?? [])];
    const alike = seats.filter((seat) => seat.isVisitor === isVisitor).length;
    if (isVisitor && alike >= visitorsPerPark) {
      return { code: 'park-full', message: `A park takes ${visitorsPerPark} visitors at once.` };
    }
    if (!isVisitor && alike >= membersPerPark) {
      return { code: 'park-full', message: `A park holds ${membersPerPark} members.` };
    }
    return undefined;
  }

  #seat(seat: Seat<S>): void {
    let room = this.#parks.get(seat.park);
    if (room === undefined) {
      room = new Map();
      this.#parks.set(seat.park, room);
    }
    room.set(seat.member.id, seat);
    this.#former.forget(seat.park, seat.member.id);
    this.#seats.set(seat.socket, seat);
  }

  #unseat({ park, member, secretHash, isVisitor, since }: Seat<S>): void {
    const room = this.#parks.get(park);
    if (room === undefined) throw new Error('A seat is in a room.');
    room.delete(member.id);
    if (room.size === 0) {
      this.#parks.delete(park);
      this.#former.forgetPark(park);
    } else if (!isVisitor) {
      const stayedMs = this.#now() - since;
      this.#former.remember(park, member.id, { secretHash, stayedMs });
    }
  }

  /** The older socket loses its seat without a GONE, since its id is still there. */
  #replaced(holder: Seat<S> | undefined, socket: S): RoomEffect<S>[] {
    if (holder === undefined || holder.socket === socket) return [];
    this.#seats.delete(holder.socket);
    const reason = 'Another socket claimed this id with its secret.';
    return [{ type: 'close', socket: holder.socket, code: CLOSE.replaced, reason }];
  }

  /** Tells it who is there, and the others of it, but nobody of a visitor. */
  #announce(seat: Seat<S>): RoomEffect<S>[] {
    const { socket, member } = seat;
    const welcome: ServerMessage = {
      type: 'welcome',
      members: this.#membersBut(seat),
      you: member.id,
    };
    const joined: ServerMessage = { type: 'joined', member };
    const others = seat.isVisitor ? [] : this.#others(seat.park, member.id);
    return [
      { type: 'send', to: socket, message: welcome },
      ...others.map((other): RoomEffect<S> => ({
        type: 'send',
        to: other.socket,
        message: joined,
      })),
    ];
  }

  #membersBut({ park, member }: Seat<S>): Member[] {
    const others = this.#others(park, member.id).filter(({ isVisitor }) => !isVisitor);
    return others.map((seat) => seat.member);
  }

  #others(park: string, id: string): Seat<S>[] {
    const seats = this.#parks.get(park)?.values() ?? [];
    return [...seats].filter((seat) => seat.member.id !== id);
  }
}

/** An error as an effect, for the caller's own refusals too. */
export function refuse<S>(socket: S, code: ErrorCode, message: string): RoomEffect<S>[] {
  const text = message.slice(0, LIMITS.errorLength);
  return [{ type: 'send', to: socket, message: { type: 'error', code, message: text } }];
}

function notRegistered<S>(socket: S): RoomEffect<S>[] {
  return refuse(socket, 'not-registered', 'Say howdy first.');
}

/** No secret is kept in memory. A string takes less of it than a buffer. */
function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

/** In constant time, which takes equal lengths: those of hashes are. */
function isEqual(hash: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hash), Buffer.from(other));
}
