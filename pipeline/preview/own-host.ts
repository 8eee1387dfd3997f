import { isIP } from 'node:net';

const loopback = ['localhost', '127.0.0.1', '[::1]'];
const everywhere = ['0.0.0.0', '::', ''];

/**
 * Whether a request's Host header is an address that the server was started as: a page of another origin whose name was
 * made to lead here is not answered. A server that listens everywhere has any numeric address.
 */
export function isOwnHost(header: string | undefined, host: string, port: number): boolean {
  const parts = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d+))?$/i.exec(header ?? '');
  const name = parts?.[1]?.toLowerCase();
  if (name === undefined || Number(parts?.[2] ?? 80) !== port) return false;
  if (loopback.includes(name) || name === bracketed(host.toLowerCase())) return true;
  return everywhere.includes(host) && isIP(name.replace(/^\[|\]$/g, '')) > 0;
}

/** An IPv6 address as an address bar has it; any other host as it is. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
