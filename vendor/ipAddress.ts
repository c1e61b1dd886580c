/** Knows which ranges of IP addresses are public, bundled at build time. */
import ipaddr from 'ipaddr.js';

/** The name of the range that an address is in, such as `unicast`, `private` or `loopback`; undefined for a name. */
export function rangeOfAddress(host: string): string | undefined {
	return ipaddr.isValid(host) ? ipaddr.process(host).range() : undefined;
}
