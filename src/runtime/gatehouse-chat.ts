import type { TotalPosition } from '../core/multicast/multicast.ts';
import type { RoomOrder } from '../machines/chat-operations.ts';

/** The chat's part of `window.gatehouse`. All texts and names are plain strings, never markup. */
export interface GatehouseChat {
  /** Takes a name, or another one; the old ones stay this user's too. Rejects with `invalid` when it is taken. */
  register(name: string): Promise<void>;
  users(): { name: string; online: boolean }[];
  /** Enters a room, and makes it if there is none. Rejects with `invalid` when the passphrase is wrong or is needed. */
  join(room: string, passphrase?: string, options?: RoomOptions): Promise<void>;
  /**
   * Resolves once it is committed and stands in the history here. In a room of the multicast's order it is first found out
   * where it stands; when that is not known within 5 s it rejects with `no-quorum`, definite.
   */
  say(room: string, text: string): Promise<void>;
  tell(user: string, text: string): Promise<void>;
  /**
   * Of a room, or of the conversation with a user, in the order that is the same at all. In a room of the multicast's order
   * a message may come in before others.
   */
  history(roomOrUser: string): ChatMessage[];
  /**
   * The same messages as the log has them, and as everybody without the key sees them. In the order of the history, which may
   * end earlier: what is being opened is not in it yet.
   */
  records(roomOrUser: string): ChatRecord[];

  /** The name that this node goes by; null before it has one. */
  me(): string | null;
  rooms(): ChatRoom[];
}

export interface RoomOptions {
  /**
   * How the room's messages are ordered: by the log, as in a room that is made without a choice, or by a multicast, in
   * either way, whichever the park's own (`status().multicast`) is. Rejects with `invalid` when the room has another order.
   */
  order?: RoomOrder;
}

export interface ChatMessage {
  from: string;
  /** Empty where there is a problem. */
  text: string;
  /** The leader's wall clock, ms since 1970. */
  at: number;
  /**
   * Only where the text can't be read. `locked`: no key here, join with the passphrase. `damaged`: the key does not open it: it
   * was changed on its way, or moved here from elsewhere.
   */
  problem?: 'locked' | 'damaged';
  /** Only in a room of the multicast's order: where its tag was delivered: in which view, as the `number`-th message of the group. */
  position?: TotalPosition;
}

export interface ChatRecord {
  /** Of its entry in the log: what tells it from all others. */
  index: number;
  /** The id of the node that said it. */
  from: string;
  /** What is stored and sent of its text, in base64url; null where it is plain. */
  sealed: string | null;
}

export interface ChatRoom {
  name: string;
  /** It has a passphrase, and its texts are sealed. */
  locked: boolean;
  order: RoomOrder;
  joined: boolean;
}
