/**
 * Whether a page may open a socket here. A browser says where the page came from; a page of another
 * site must not use a visitor's network to reach this server. A client that sends no origin is no
 * browser, and could claim any.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowedOrigins.includes(origin)) return true;
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  // The scheme is the page's: behind a proxy that ends TLS, this server can't know its own.
  const own = `${page.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === page.host;
}
