import { expect, test } from 'vitest';
import { TRACE_LENGTH, TraceLog } from './trace-log.ts';

const event = { at: 1, node: 'anna', kind: 'note', what: 'founds' } as const;

test('events are counted from 1 and come oldest first', () => {
  const log = new TraceLog();
  log.add(event);
  log.add({ ...event, what: 'elected' });
  expect(log.events().map(({ sequence, what }) => [sequence, what])).toEqual([
    [1, 'founds'],
    [2, 'elected'],
  ]);
});

test('the last ones are kept, and their numbers go on', () => {
  const log = new TraceLog();
  for (let i = 0; i < 3 * TRACE_LENGTH + 17; i++) log.add(event);
  const events = log.events();
  expect(events).toHaveLength(TRACE_LENGTH);
  expect(events[0]?.sequence).toBe(2 * TRACE_LENGTH + 18);
  expect(events.at(-1)?.sequence).toBe(3 * TRACE_LENGTH + 17);
});

test('a message is told with its size and in words, the same whenever it is looked at', () => {
  const log = new TraceLog();
  const envelope = { generation: '', message: { type: 'PROBE', nonce: 7 } } as const;
  log.add({ ...event, kind: 'sent', what: 'PROBE', peer: 'bert' }, envelope);
  const [first] = log.events();
  expect(first).toMatchObject({
    peer: 'bert',
    detail: 'no. 7',
    bytes: JSON.stringify(envelope).length,
  });
  expect(log.events()).toEqual([first]);
});

test('what was given out does not change when more comes', () => {
  const log = new TraceLog();
  log.add(event);
  const before = log.events();
  log.add(event);
  expect(before).toHaveLength(1);
});
