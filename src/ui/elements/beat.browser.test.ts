import { describe, expect, it, vi } from 'vitest';
import { Beat, type LastUpdate, type Part } from './beat.ts';

/** Resolves when the next frame is drawn. */
function frame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
}

function part(order: number, update: () => void): Part {
  return { order, hasNews: () => true, update };
}

describe('a beat', () => {
  it('updates what waits in one frame, each part once, and the parts around it first', async () => {
    const beat = new Beat(() => 0);
    const updated: string[] = [];
    const inner = part(2, () => updated.push('inner'));
    const outer = part(1, () => updated.push('outer'));
    for (const one of [inner, outer, inner]) beat.add(one);
    expect(updated).toEqual([]);
    await frame();
    expect(updated).toEqual(['outer', 'inner']);
    await frame();
    expect(updated).toHaveLength(2);
  });

  it('updates a part that changes again while it is updated once more', async () => {
    const beat = new Beat(() => 0);
    let updates = 0;
    const busy = part(1, () => {
      updates += 1;
      if (updates === 1) beat.add(busy);
    });
    beat.add(busy);
    await frame();
    await frame();
    expect(updates).toBe(2);
  });

  it('does not keep waiting in a pause what may not wait, and takes along what waits', async () => {
    let pause = 1_000_000;
    const beat = new Beat(() => pause);
    const updated: string[] = [];
    beat.add(part(1, () => updated.push('later')));
    pause = 0;
    beat.add(part(2, () => updated.push('now')));
    await frame();
    expect(updated).toEqual(['later', 'now']);
  });

  it('makes no frame after a pause for a part that has nothing new to show', async () => {
    const beat = new Beat(({ at }) => (at < 0 ? 1 : 0));
    const updated: string[] = [];
    const hasNews = vi.fn(() => false);
    const same = { ...part(1, () => updated.push('same')), hasNews };
    beat.add(same);
    await vi.waitFor(() => expect(hasNews).toHaveBeenCalledOnce());
    await frame();
    expect(updated).toEqual([]);
    beat.add(same);
    beat.add(part(2, () => updated.push('new')));
    await vi.waitFor(() => expect(updated).not.toEqual([]));
    await frame();
    expect(updated).toEqual(['new']);
  });

  it('waits for no frame where the page was hidden meanwhile', async () => {
    const beat = new Beat(() => (document.visibilityState === 'visible' ? 0 : 1));
    const updated: string[] = [];
    const title = part(1, () => updated.push('title'));
    beat.add(title);
    const visible = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    const frames = vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(0);
    beat.add(title);
    await vi.waitFor(() => expect(updated).toEqual(['title']));
    expect(frames).not.toHaveBeenCalled();
    visible.mockRestore();
    frames.mockRestore();
  });

  it('leaves out a part that has left the page', async () => {
    const beat = new Beat(() => 0);
    const updated: string[] = [];
    const gone = part(1, () => updated.push('gone'));
    beat.add(gone);
    beat.remove(gone);
    await frame();
    beat.add(part(2, () => updated.push('here')));
    await frame();
    expect(updated).toEqual(['here']);
  });

  it('knows what the last update cost', async () => {
    const known: LastUpdate[] = [];
    const beat = new Beat((last) => {
      known.push(last);
      return 0;
    });
    const until = (end: number): void => {
      while (performance.now() < end);
    };
    beat.add(part(1, () => until(performance.now() + 30)));
    await frame();
    await frame();
    beat.add(part(1, () => undefined));
    expect(known[0]).toEqual({ at: -Infinity, cost: 0 });
    expect(known[1]?.cost).toBeGreaterThanOrEqual(30);
  });
});
