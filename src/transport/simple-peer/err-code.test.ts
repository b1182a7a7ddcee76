import { expect, it } from 'vitest';
import { 'module.exports' as errCode } from './err-code.ts';

it.each([new Error('one of ours'), new DOMException("one of the browser's", 'AbortError')])(
  'gives %s a code',
  (error) => {
    expect(errCode(error, 'ERR_DATA_CHANNEL')).toBe(error);
    expect(error).toMatchObject({ code: 'ERR_DATA_CHANNEL' });
  },
);
