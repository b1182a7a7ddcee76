import {
  decodeMarketOperation,
  type MarketOperation,
  type MarketWish,
} from '../../machines/market/operations.ts';
import { GatehouseError } from '../gatehouse.ts';
import type { AutoConstants } from './calls.ts';
import { AUTO_DEFAULTS } from './constants.ts';

const DAY = 86_400_000;

/** Checks what somebody typed into the console: fields of a deposit or of a purchase. Throws `invalid`. */
export function parseWish(kind: MarketWish['kind'], fields: unknown): MarketWish {
  const body = { machine: 'market', ...asRecord(fields, kind), kind, clock: [] };
  const decoded = decodeMarketOperation(body);
  if (!decoded.ok) throw invalid(decoded.reason);
  return wishOf(decoded.value);
}

function wishOf(operation: MarketOperation): MarketWish {
  switch (operation.kind) {
    case 'deposit': {
      const { kind, product, quantity, price } = operation;
      return { kind, product, quantity, price };
    }
    case 'buy': {
      const { kind, product, quantity } = operation;
      return { kind, product, quantity };
    }
    case 'commission':
      return { kind: 'commission', percent: operation.percent };
  }
}

/** The constants of automatic trading. Throws `invalid`. */
export function parseAuto(options: unknown): AutoConstants {
  const { role, commission, ...rest } = asRecord(options, 'options');
  const wanted: Record<string, unknown> = { ...AUTO_DEFAULTS, ...rest };
  const [unknown] = Object.keys(wanted).filter((key) => !Object.hasOwn(AUTO_DEFAULTS, key));
  if (unknown !== undefined) throw invalid(`options: no field ${unknown}`);
  const chance = (name: string): number => between(wanted[name], 0, 1, name);
  const whole = (name: string, low: number, high: number): number =>
    integer(wanted[name], low, high, name);
  return {
    ...(role === undefined ? {} : { role: parseRole(role) }),
    ...(commission === undefined ? {} : { commission: integer(commission, 0, 100, 'commission') }),
    buyAgain: chance('buyAgain'),
    stock: whole('stock', 1, 1000),
    transactions: whole('transactions', 1, 10_000),
    timeoutMs: between(wanted['timeoutMs'], 1, DAY, 'timeoutMs'),
    price: parsePrices(wanted['price']),
    leaderFailure: chance('leaderFailure'),
    quantumMs: between(wanted['quantumMs'], 100, DAY, 'quantumMs'),
    restock: chance('restock'),
    pauseMs: parseRange(wanted['pauseMs'], 1, DAY, 'pauseMs'),
  };
}

function parseRole(role: unknown): 'seller' | 'buyer' {
  if (role !== 'seller' && role !== 'buyer') throw invalid("role: 'seller' or 'buyer'");
  return role;
}

function parsePrices(value: unknown): [number, number] {
  const [low, high] = parseRange(value, 1, 1000, 'price');
  return [integer(low, 1, 1000, 'price'), integer(high, 1, 1000, 'price')];
}

/** Two numbers, the smaller first. */
function parseRange(value: unknown, least: number, most: number, name: string): [number, number] {
  const [low, high, more] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const range: [number, number] = [
    between(low, least, most, name),
    between(high, least, most, name),
  ];
  if (range[0] > range[1] || more !== undefined)
    throw invalid(`${name}: two numbers, the smaller first`);
  return range;
}

function between(value: unknown, low: number, high: number, name: string): number {
  if (typeof value === 'number' && value >= low && value <= high) return value;
  throw invalid(`${name}: from ${low} to ${high}`);
}

function integer(value: unknown, low: number, high: number, name: string): number {
  if (!Number.isInteger(value)) throw invalid(`${name}: a whole number from ${low} to ${high}`);
  return between(value, low, high, name);
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
