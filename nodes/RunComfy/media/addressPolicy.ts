import { rangeOfAddress } from '../../../vendor/ipAddress';

/** Names that lead into one's own machine or network, by the rules for names (RFC 6761, 6762) or by custom. */
const PRIVATE_NAMES = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|private|svc|home\.arpa|invalid|test)$/i;

/**
 * Whether a URL leads to a private, link-local, loopback or otherwise not public address, written in any form, or by a
 * name that stands for one. What a public name resolves to cannot be seen from a node: n8n's own SSRF protection guards
 * that.
 */
export function isPrivateUrl(url: string): boolean {
	// The URL parser turns forms such as 0x7f.1 or 2130706433 into the usual one.
	const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
	const range = rangeOfAddress(host);
	// Addresses below ::/96 are an old way to write IPv4 ones.
	if (range !== undefined) return range !== 'unicast' || /^::[0-9a-f]/i.test(host);
	return !host.includes('.') || PRIVATE_NAMES.test(host);
}

/** Whether a URL has the origin of the configured Model API, which is always allowed: it may be a simulator. */
export function isSameOrigin(url: string, origin: string): boolean {
	return new URL(url).origin === new URL(origin).origin;
}
