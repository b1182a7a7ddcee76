/** Plain data: what may stand in a message, in the log or in storage. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
