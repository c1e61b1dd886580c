import { rangeOfAddress } from '../../../vendor/ipAddress';

/**
 * Domain endings that can't be resolved publicly. The first line is reserved by standards (RFC 2606, 6761, 6762, 7686,
 * 8375, 9476; ICANN for `internal`), the second is common in private networks and not delegated (ICANN for `corp`,
 * `home` and `mail`; RFC 6762, appendix G), the third belongs to Kubernetes, Docker and Consul: `minio.storage.svc`.
 */
const PRIVATE_NAMES = new RegExp(
	`(^|\\.)(${[
		'localhost|local|internal|home\\.arpa|test|example|invalid|onion|alt',
		'localdomain|lan|intranet|private|corp|home|mail|fritz\\.box',
		'svc|docker|consul',
	].join('|')})$`,
	'i',
);

/**
 * Whether a URL leads to a private, link-local, loopback or otherwise non-public address, in any notation, or to a
 * private name. A node can't see what a public name resolves to; n8n's own SSRF protection covers that.
 */
export function isPrivateUrl(url: string): boolean {
	// The URL parser normalizes notations such as 0x7f.1 or 2130706433.
	const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
	const range = rangeOfAddress(host);
	// Addresses in ::/96 are an old way to write IPv4 addresses.
	if (range !== undefined) return range !== 'unicast' || /^::[0-9a-f]/i.test(host);
	return !host.includes('.') || PRIVATE_NAMES.test(host);
}

/** Whether a URL has the origin of the configured Model API, which is always allowed because it may be a simulator. */
export function isSameOrigin(url: string, origin: string): boolean {
	return new URL(url).origin === new URL(origin).origin;
}
