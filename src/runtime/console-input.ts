import { NODE_ID_PATTERN } from '../core/identity.ts';
import type { FaultRule } from '../transport/transport.ts';
import { GatehouseError, type FeignOptions } from './gatehouse.ts';

const MAX_RULES = 1000;
const MAX_IDS = 1000;

/** Checks what somebody typed into the console, where types do not help. Throws a GatehouseError `invalid`. */
export function parseFaults(rules: unknown): FaultRule[] {
  if (!Array.isArray(rules) || rules.length > MAX_RULES) {
    throw invalid(`rules: a list of at most ${MAX_RULES}; [] heals`);
  }
  return rules.map((rule: unknown) => {
    const { to, drop, delayMs, cut, ...others } = asRecord(rule, 'rule');
    mustBeEmpty(others, 'rule');
    return {
      ...(to === undefined ? {} : { to: parseIds(to) }),
      ...(drop === undefined ? {} : { drop: parseShare(drop) }),
      ...(delayMs === undefined ? {} : { delayMs: parseRange(delayMs, 'delayMs') }),
      ...(cut === undefined ? {} : { cut: parseCut(cut) }),
    };
  });
}

export function parseFeign(options: unknown): FeignOptions {
  const { failAfterMs, failForMs, ...others } = asRecord(options, 'options');
  mustBeEmpty(others, 'options');
  return {
    ...(failAfterMs === undefined ? {} : { failAfterMs: parseRange(failAfterMs, 'failAfterMs') }),
    ...(failForMs === undefined ? {} : { failForMs: parseRange(failForMs, 'failForMs') }),
  };
}

function parseIds(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > MAX_IDS) throw invalid('to: a list of ids');
  return value.map((id: unknown) => {
    if (typeof id !== 'string' || !NODE_ID_PATTERN.test(id)) throw invalid('to: a list of ids');
    return id;
  });
}

function parseCut(value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalid('cut: true or false');
  return value;
}

function mustBeEmpty(others: object, name: string): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`${name}: no field ${unknown}`);
}

function parseShare(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw invalid('drop: from 0 to 1');
  return value;
}

/** Two times in ms, the smaller first; at most a day. */
function parseRange(value: unknown, name: string): [number, number] {
  const [low, high] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof low !== 'number' || typeof high !== 'number' || !(low >= 0 && low <= high)) {
    throw invalid(`${name}: two times in ms, the smaller first`);
  }
  if (high > 86_400_000) throw invalid(`${name}: at most a day`);
  return [low, high];
}

function asRecord(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${name}: an object`);
  }
  return value as Record<string, unknown>;
}

function invalid(message: string): GatehouseError {
  return new GatehouseError('invalid', true, message);
}
