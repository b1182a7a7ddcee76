import { describe, expect, test } from 'vitest';
import { Membership, withMember, withoutMember } from './membership.ts';
import { entry, founding, GENERATION, member, membership, term } from './testing/fixtures.ts';

const T1 = term(1, 'anna');
const anna = member('anna', 1);
const bert = member('bert', 2);
const learning = member('bert', 2, false);

function grown(): Membership {
  const members = new Membership();
  members.appended([
    entry(1, T1, founding([anna])),
    entry(2, T1),
    entry(3, T1, membership('join', 'bert', [anna, learning])),
    entry(5, T1, membership('promote', 'bert', [anna, bert])),
  ]);
  return members;
}

describe('the membership that a log tells', () => {
  test('M1: it is in force once appended', () => {
    const members = grown();
    expect(members.index).toBe(5);
    expect(members.isVoter('bert')).toBe(true);
    expect(members.voters().map(({ id }) => id)).toEqual(['anna', 'bert']);
    expect(members.find('carl')).toBeUndefined();
    expect(members.generation).toBe(GENERATION);
  });

  test('M1: it is out of force when its entry is removed', () => {
    const members = grown();
    members.truncatedFrom(5);
    expect(members.index).toBe(3);
    expect(members.isVoter('bert')).toBe(false);
    members.truncatedFrom(2);
    expect(members.members).toEqual([anna]);
    expect(members.generation).toBe(GENERATION);
  });

  test('M1: it is known for every index that the log still holds', () => {
    const members = grown();
    expect(members.membersAt(1)).toEqual([anna]);
    expect(members.membersAt(2)).toEqual([anna]);
    expect(members.membersAt(4)).toEqual([anna, learning]);
    expect(members.membersAt(9)).toEqual([anna, bert]);
  });

  test('R6: compaction keeps what is in force at the base and after it', () => {
    const members = grown();
    members.compacted(4);
    expect(members.membersAt(4)).toEqual([anna, learning]);
    expect(members.index).toBe(5);
    members.truncatedFrom(5);
    expect(members.members).toEqual([anna, learning]);
    members.compacted(4);
    expect(members.index).toBeLessThanOrEqual(4);
  });

  test('G4: a generation entry begins a new generation, until it is removed', () => {
    const members = grown();
    const command = {
      kind: 'generation',
      generation: 'second',
      without: ['bert'],
      members: [anna],
    } as const;
    const before = members.generations;
    members.appended([entry(6, term(2, 'anna'), command)]);
    expect(members.generation).toBe('second');
    expect(members.generations).toHaveLength(2);
    expect(members.generationsAt(5)).toEqual(before);
    members.truncatedFrom(6);
    expect(members.generation).toBe(GENERATION);
    // What was given away must not change under whoever holds it.
    expect(before).toHaveLength(1);
  });

  test('an empty log has neither members nor a generation', () => {
    const members = new Membership();
    expect(members.members).toEqual([]);
    expect(members.generation).toBe('');
  });
});

describe('the slots of the members', () => {
  const carl = member('carl', 3);
  const late = member('late', 0, false);

  test('N2: who joins gets the last one, and who is known keeps its own', () => {
    expect(withMember([carl, anna], late)).toEqual([carl, anna, late]);
    const renamed = { ...anna, name: 'Another' };
    expect(withMember([carl, anna, late], renamed)).toEqual([carl, renamed, late]);
  });

  test('N2: the last one takes the slot of who leaves', () => {
    expect(withoutMember([carl, anna, bert, late], 'anna')).toEqual([carl, late, bert]);
    expect(withoutMember([carl, anna], 'anna')).toEqual([carl]);
    expect(withoutMember([carl, anna], 'nobody')).toEqual([carl, anna]);
  });
});
