import { clockContract } from './clock.contract.ts';
import { SystemClock } from './system-clock.ts';

clockContract('system', () => ({
  clock: new SystemClock(),
  run: (until) => until,
  close: () => {},
}));
