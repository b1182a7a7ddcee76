import { parseIceServers } from '../../ice-servers.ts';
import { parseAddress, problemWords, type Address } from '../../runtime/address.ts';
import { parseFaults, parseFeign } from '../../runtime/console-input.ts';
import { GatehouseError } from '../../runtime/gatehouse.ts';
import { mutateJson, mutateText } from '../mutate.ts';
import { must, type Target } from '../target.ts';

const ADDRESSES = [
  '?park=Nord-Halle%202&name=Gate%20Heron&priority=-3.5&capacity=80&election=bully',
  '?park=main&topology=mesh&multicast=sequencer',
  '?name=%C3%A9%20%F0%9F%90%A6&priority=1e9',
  '',
];

/** The address that asks for the same again. */
export function addressOf({ park, name, priority, settings }: Address): string {
  const query = new URLSearchParams({ park });
  if (name !== undefined) query.set('name', name);
  if (priority !== undefined) query.set('priority', String(priority));
  for (const [key, value] of Object.entries(settings)) query.set(key, String(value));
  return `?${query.toString()}`;
}

export const address: Target = {
  name: 'address',
  about: "the address bar's query",
  open: () => ({
    shoot: (random) => {
      const parsed = parseAddress(mutateText(random.pick(ADDRESSES) ?? '', random));
      if (!parsed.ok) {
        must(
          parsed.problems.every((problem) => problemWords(problem).length < 200),
          'a problem is a sentence',
        );
        return 'refused';
      }
      const again = parseAddress(addressOf(parsed.address));
      must(JSON.stringify(again) === JSON.stringify(parsed), 'an address says what was read of it');
      return 'accepted';
    },
    sizes: null,
  }),
};

const SERVERS = { iceServers: [{ urls: ['stun:a.example:3478'], username: 'u', credential: 'c' }] };
const RULES = [{ to: ['anna', 'bert'], drop: 0.5, delayMs: [10, 20], cut: true }];
const FEIGN = { failAfterMs: [0, 10], failForMs: [5, 5] };

function refuses(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (error) {
    must(error instanceof GatehouseError && error.code === 'invalid', 'a bad call is `invalid`');
    return true;
  }
}

export const page: Target = {
  name: 'page',
  about: "the server's configuration and what somebody types into the console",
  open: () => ({
    shoot: (random) => {
      const config = random.chance(0.5)
        ? mutateText(JSON.stringify(SERVERS), random)
        : JSON.stringify(mutateJson(SERVERS, random) ?? null);
      const servers = parseIceServers(config);
      must(servers === null || servers.length <= 16, 'a configuration has a few servers');
      const bad = refuses(() => parseFaults(mutateJson(RULES, random)));
      const worse = refuses(() => parseFeign(mutateJson(FEIGN, random)));
      return servers === null && bad && worse ? 'refused' : 'accepted';
    },
    sizes: null,
  }),
};
