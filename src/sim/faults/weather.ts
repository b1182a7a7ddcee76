import type { Weather } from '../network.ts';
import { fault, type Fault } from './fault.ts';

/** What befalls single messages, for a while. Each message is counted. */
export const WEATHER: readonly Fault[] = [
  weather('loss', 'messages are lost, for a while', 0.002, 0.3),
  weather(
    'duplicate',
    'messages arrive twice, for a while: the copy right behind, or up to 10 s later',
    0.01,
    0.4,
  ),
  weather('delay', 'single messages are late by up to 3 s, for a while', 0.002, 0.2),
  weather('reorder', 'messages overtake each other, for a while', 0.01, 0.4),
];

function weather(kind: keyof Weather, about: string, low: number, high: number): Fault {
  const inject: Fault['inject'] = (world, random) => {
    const { weather } = world.messages;
    if (weather[kind] > 0) return 'impossible';
    weather[kind] = random.logBetween(low, high);
    world.later(random.logBetween(100, 20_000), () => {
      world.messages.weather[kind] = 0;
    });
    return 'done';
  };
  return fault(kind, about, 20_000, inject, 'hit');
}
