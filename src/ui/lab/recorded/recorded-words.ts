import { LOCALE } from '../../words.ts';

/** Time in a trace: with all ms, since much happens in one. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

const NUMBER = new Intl.NumberFormat(LOCALE);

export function count(many: number, one: string): string {
  return `${NUMBER.format(many)} ${many === 1 ? one : `${one}s`}`;
}
