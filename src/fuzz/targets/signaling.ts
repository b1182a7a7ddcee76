import {
  decodeClientMessage,
  decodeServerMessage,
  LIMITS,
  parseFrame,
} from '../../../signaling/protocol.ts';
import { Rooms, type RoomEffect } from '../../../signaling/rooms.ts';
import type { Random } from '../../sim/random.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { SignalingClient, type Socket } from '../../transport/signaling-client.ts';
import { mutateJson, mutateText } from '../mutate.ts';
import { pass } from '../samples.ts';
import { must, type Target } from '../target.ts';
import { mustComeBack } from './decode.ts';

const MOST = {
  parks: 8,
  membersPerPark: 6,
  visitorsPerPark: 4,
  formerMembers: 20,
  formerMembersPerPark: 5,
};
const SOCKETS = 40;
const NAMES = ['anna', 'bert', 'carl', 'dora', 'emil', 'fred', 'gina', 'hans'];

function fromClient(random: Random): unknown {
  const id = random.pick(NAMES);
  const howdy = { type: 'howdy', park: `park ${random.int(0, 9)}`, id, priority: 1 };
  return random.pick<unknown>([
    { ...howdy, secret: `secret of ${id ?? ''}` },
    { ...howdy, secret: `secret no. ${random.int(0, 3)}` },
    { type: 'signal', to: id, signal: { type: 'ask', session: 1, incarnation: 2 } },
    { type: 'list' },
    { type: 'bye' },
    { type: 'ping', nonce: '7' },
  ]);
}

function fromServer(random: Random): unknown {
  const member = { id: random.pick(NAMES), priority: 1 };
  return random.pick<unknown>([
    { type: 'welcome', members: [member], you: 'self' },
    { type: 'welcome', members: [], you: 'self', fresh: true },
    { type: 'joined', member },
    { type: 'gone', id: member.id },
    { type: 'signal', from: member.id, signal: { type: 'ask', session: 1, incarnation: 2 } },
    { type: 'members', members: [member] },
    { type: 'pong', nonce: '1' },
    { type: 'error', code: 'unknown-peer', message: 'Gone.' },
    { type: 'error', code: 'id-taken', message: 'No.' },
  ]);
}

/** The text of a frame: good, garbled, or good JSON that says something else. */
function frame(good: unknown, random: Random): string {
  const kind = random.next();
  if (kind < 0.25) return JSON.stringify(good);
  if (kind < 0.5) return mutateText(JSON.stringify(good), random);
  return JSON.stringify(mutateJson(good, random) ?? null);
}

/** The server's side: forty sockets that say what they like, in eight parks of six. */
export const server: Target = {
  name: 'signaling',
  about: 'what browsers say to the signaling server, and the rooms behind it',
  open: () => {
    const rooms = new Rooms<number>(MOST, () => 0);
    const listed = (effects: readonly RoomEffect<number>[]): number =>
      effects.reduce((most, effect) => {
        if (effect.type !== 'send' || effect.message.type !== 'members') return most;
        return Math.max(most, effect.message.members.length);
      }, 0);
    let longest = 0;
    return {
      shoot: (random) => {
        const socket = random.int(0, SOCKETS - 1);
        const value = parseFrame(frame(fromClient(random), random));
        const decoded = decodeClientMessage(value);
        if (!decoded.ok) {
          must(decoded.reason.length <= LIMITS.errorLength, 'a reason fits into an error');
          return 'refused';
        }
        mustComeBack(value, decoded.message);
        const { message } = decoded;
        if (message.type === 'howdy') rooms.register(socket, message);
        else if (message.type === 'signal') {
          for (const effect of rooms.relay(socket, message)) {
            must(
              effect.type !== 'send' || decodeServerMessage(effect.message).ok,
              'the server says what its own schema allows',
            );
          }
        } else if (message.type === 'list') longest = Math.max(longest, listed(rooms.list(socket)));
        else if (message.type === 'bye') rooms.leave(socket);
        return 'accepted';
      },
      sizes: () => [
        { what: 'parks', size: rooms.parks, most: MOST.parks },
        { what: 'members of a park', size: longest, most: MOST.membersPerPark },
        { what: 'former members', size: rooms.formerMembers, most: MOST.formerMembers },
      ],
    };
  },
};

/** The browser's side: one client, and a server that says anything. */
export const client: Target = {
  name: 'coordinator',
  about: 'what the signaling server says to a browser',
  open: () => {
    const clock = new VirtualClock();
    const count = { refused: 0, told: 0, sockets: 0 };
    let socket: Socket | null = null;
    const connect = (): Socket => {
      count.sockets += 1;
      socket = {
        onopen: null,
        onmessage: null,
        onclose: null,
        onerror: null,
        send: () => undefined,
        close: () => {
          count.sockets -= 1;
        },
      };
      return socket;
    };
    const told = (): void => {
      count.told += 1;
    };
    const coordinator = new SignalingClient({
      url: 'ws://x',
      park: 'main',
      secret: '01234567',
      clock,
      random: () => 0.5,
      connect,
    });
    coordinator.start(
      { id: 'self', priority: 1 },
      {
        state: told,
        members: told,
        joined: told,
        arrived: told,
        gone: told,
        signal: told,
        refused: (reason) => {
          must(reason.length < 100, 'a reason is a few words of our own');
          count.refused += 1;
        },
      },
    );
    return {
      shoot: (random) => {
        const before = { ...count };
        const data: unknown = random.chance(0.02)
          ? new Uint8Array(8)
          : frame(fromServer(random), random);
        const decoded = decodeServerMessage(
          typeof data === 'string' ? parseFrame(data) : undefined,
        );
        if (random.chance(0.2)) socket?.onopen?.();
        socket?.onmessage?.({ data });
        if (!decoded.ok) must(count.told === before.told, 'nothing happens by what is refused');
        if (random.chance(0.1)) socket?.onclose?.({ code: random.int(1000, 5000) });
        pass(clock, random.chance(0.2) ? random.int(0, 8000) : 5);
        return count.refused > before.refused ? 'refused' : 'accepted';
      },
      sizes: () => [{ what: 'sockets', size: count.sockets, most: 1 }],
    };
  },
};
