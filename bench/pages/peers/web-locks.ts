/** Peer: the browser's own Web Locks, which tabs of one browser share. Nobody grants them over a network. */
import type {} from '../lib/locker.ts';

const name = new URLSearchParams(location.search).get('room') ?? 'lock';

window.locker = {
  lock: () =>
    new Promise((resolve) => {
      void navigator.locks.request(
        name,
        () =>
          new Promise<void>((release) => {
            resolve(release);
          }),
      );
    }),
};
