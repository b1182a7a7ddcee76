/**
 * Floor of an admission: a message to the leader, one strict write there and at a majority in parallel, a message back.
 * What comes while a write is under way joins the next one. The page with the id `leader` leads.
 */
import { readAddress } from './lib/joined.ts';
import { joinRawMesh } from './lib/raw-mesh.ts';
import type {} from './lib/door.ts';
import { StrictLog } from './lib/strict-log.ts';

const LEADER = 'leader';
/** The most records of one write. */
const BATCH = 256;

/** As little as an admission can be. */
interface Admission {
  readonly visitor: string;
  readonly operation: string;
}

type Message =
  | { readonly type: 'submit'; readonly admissions: readonly Admission[] }
  | { readonly type: 'append'; readonly admissions: readonly Admission[] }
  /** The write of one more append is durable. */
  | { readonly type: 'appended' }
  /** So many of the receiver's submissions, the oldest, are committed. */
  | { readonly type: 'committed'; readonly count: number };

const { id, others, ...rest } = readAddress();
const channels = new Map<string, RTCDataChannel>();
const log = await StrictLog.open(`raw-log/${rest.room}/${id}`);
let operations = 0;

/** This page's submissions that are not committed yet, the oldest first. */
const waiting: (() => void)[] = [];

interface Batch {
  readonly submitters: readonly string[];
  /** How many pages have it on their disks. */
  durable: number;
}

/** Who waits for the next batch, and for how many of the admissions in it. */
const queue: { from: string; admissions: readonly Admission[] }[] = [];
/** At the leader: the batch under way. */
let batch: Batch | null = null;

function send(peer: string, message: Message): void {
  channels.get(peer)?.send(JSON.stringify(message));
}

function receive(from: string, message: Message): void {
  switch (message.type) {
    case 'submit':
      enqueue(from, message.admissions);
      return;
    case 'append':
      void log.append(message.admissions).then(() => send(from, { type: 'appended' }));
      return;
    case 'appended':
      acknowledged(from);
      return;
    case 'committed':
      settle(message.count);
      return;
  }
}

/** Appends that a follower has not acknowledged yet, by follower. */
const behind = new Map<string, number>();

function enqueue(from: string, admissions: readonly Admission[]): void {
  queue.push({ from, admissions });
  if (!batch) begin();
}

function begin(): void {
  const admissions: Admission[] = [];
  const submitters: string[] = [];
  while (queue[0] && admissions.length + queue[0].admissions.length <= BATCH) {
    const next = queue.shift();
    if (!next) break;
    admissions.push(...next.admissions);
    submitters.push(next.from);
  }
  if (submitters.length === 0) return;
  const begun: Batch = { submitters, durable: 0 };
  batch = begun;
  for (const peer of channels.keys()) {
    behind.set(peer, (behind.get(peer) ?? 0) + 1);
    send(peer, { type: 'append', admissions });
  }
  void log.append(admissions).then(() => {
    // The others may have been a majority, and the next batch is under way.
    if (batch === begun) counted();
  });
}

function acknowledged(from: string): void {
  const left = (behind.get(from) ?? 0) - 1;
  behind.set(from, left);
  if (left === 0) counted();
}

/** One more has the batch under way on its disk. */
function counted(): void {
  if (!batch) return;
  batch.durable += 1;
  if (batch.durable <= (others + 1) / 2) return;
  const counts = new Map<string, number>();
  for (const from of batch.submitters) counts.set(from, (counts.get(from) ?? 0) + 1);
  batch = null;
  begin();
  for (const [from, count] of counts) {
    if (from === id) settle(count);
    else send(from, { type: 'committed', count });
  }
}

function settle(count: number): void {
  for (const resolve of waiting.splice(0, count)) resolve();
}

/** One submission; resolves when it is committed. */
function submit(count: number): Promise<void> {
  const admissions = Array.from({ length: count }, () => {
    operations += 1;
    return { visitor: `Visitor ${operations}`, operation: `${id}.${operations}` };
  });
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (id === LEADER) enqueue(id, admissions);
    else send(LEADER, { type: 'submit', admissions });
  });
}

window.door = {
  admit: () => submit(1),
  admitMany: (count) => submit(count).then(() => count),
};

joinRawMesh({ id, others, ...rest }, (peer, channel) => {
  channels.set(peer, channel);
  channel.onmessage = ({ data }) => {
    // Only our own pages are in this room.
    receive(peer, JSON.parse(String(data)) as Message);
  };
});
