import type { Gatehouse, RoomOrder } from '../../runtime/gatehouse.ts';
import type { Address } from './outgoing.ts';
import type { ReadMarks } from './read-marks.ts';

/** A room or a user, as the list of conversations shows it. */
export interface PlaceRow extends Address {
  /** A room with a passphrase; direct messages are always sealed. */
  readonly sealed: boolean;
  /** Null for a user. */
  readonly order: RoomOrder | null;
  /** Always true of a user. */
  readonly joined: boolean;
  /** Null for a room. */
  readonly online: boolean | null;
  /** Messages of others that were not in sight here yet. */
  readonly unread: number;
}

type Chat = Pick<Gatehouse['chat'], 'rooms' | 'users' | 'records' | 'me'>;

/** All places that one can write to: rooms, and everybody but oneself. Who is here stands before who is not. */
export function placeRows(chat: Chat, self: string, marks: ReadMarks): PlaceRow[] {
  const unread = (name: string): number =>
    chat.records(name).filter(({ index, from }) => index > marks.of(name) && from !== self).length;
  const rooms = chat.rooms().map(({ name, locked, order, joined }): PlaceRow => {
    return {
      kind: 'room',
      name,
      sealed: locked,
      order,
      joined,
      online: null,
      unread: joined ? unread(name) : 0,
    };
  });
  const me = chat.me();
  const users = chat
    .users()
    .filter(({ name }) => name !== me)
    .map(({ name, online }): PlaceRow => {
      const talk = { kind: 'user', name, sealed: true, order: null, joined: true } as const;
      return { ...talk, online, unread: unread(name) };
    });
  const here = users.filter(({ online }) => online === true);
  return [...rooms, ...here, ...users.filter(({ online }) => online === false)];
}

export function isSamePlace(a: Address | null, b: Address): boolean {
  return a?.kind === b.kind && a.name === b.name;
}
