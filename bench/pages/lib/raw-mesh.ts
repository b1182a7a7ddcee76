import { Progress, type JoinAddress } from './joined.ts';
import { RawLink, type RawSignal } from './raw-link.ts';
import { connectSignaling } from './signaling.ts';

/** Links to all others of a room. Who comes later begins; so each pair makes one link. */
export function joinRawMesh(
  { signaling, room, id, others }: JoinAddress,
  linked: (peer: string, channel: RTCDataChannel) => void = () => undefined,
): void {
  const progress = new Progress(others);
  const links = new Map<string, RawLink>();
  const linkTo = (peer: string, initiator: boolean): RawLink => {
    const link = new RawLink(
      initiator,
      (signal) => send(peer, signal),
      (channel) => {
        linked(peer, channel);
        progress.linked(peer);
      },
    );
    links.set(peer, link);
    return link;
  };
  const send = connectSignaling(signaling, room, id, {
    listed: (ids) => {
      progress.listed();
      for (const peer of ids) linkTo(peer, true);
    },
    signal: (from, signal) => {
      const link = links.get(from) ?? linkTo(from, false);
      // Only our own pages are in this room.
      void link.accept(signal as RawSignal);
    },
  });
}
