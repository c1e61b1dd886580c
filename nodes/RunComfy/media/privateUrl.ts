import { rangeOfAddress } from '../../../vendor/ipAddress';

/**
 * Endings of names that no public service can resolve. Those of the first line are set apart by rules (RFC 2606, 6761, 6762,
 * 7686, 8375, 9476; ICANN for `internal`), those of the second serve in own networks and are promised to nobody (ICANN for `corp`,
 * `home` and `mail`; RFC 6762, appendix G), those of the third are of Kubernetes, Docker and Consul: `minio.storage.svc`.
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
