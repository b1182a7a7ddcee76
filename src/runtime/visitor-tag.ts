import { customAlphabet } from 'nanoid';

/** What tells a visitor who has no name from others. Without letters and digits that are taken for each other. */
export const visitorTag = customAlphabet('ABCDEFGHJKLMNPQRSTUVWXYZ23456789', 6);
