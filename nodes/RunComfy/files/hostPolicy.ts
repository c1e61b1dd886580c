import { isPrivateUrl } from '../media/privateUrl';

/** Where files may be downloaded from. */
export interface HostPolicy {
	/** The configured API origins, which serve their own files over their own scheme. */
	apiOrigins: string[];
	/** Additional host names, as they appear in URLs; `*.example.com` covers all subdomains. */
	extraHosts: string[];
}

/** RunComfy's file hosts (seen in its command line). */
const RUNCOMFY_FILES = ['*.runcomfy.net', '*.runcomfy.com'];

/**
 * Why a file may not be fetched from a URL, in words that continue "a URL that"; undefined when it may. Every redirect
 * is checked again.
 */
export function denyReason(url: string, policy: HostPolicy): string | undefined {
	if (!URL.canParse(url)) return 'is not valid';
	const { protocol, hostname, origin, username, password } = new URL(url);
	if (username !== '' || password !== '') return 'contains a password';
	if (policy.apiOrigins.includes(origin)) return undefined;
	if (protocol !== 'https:' && protocol !== 'http:') return `has an unsupported scheme (${protocol.slice(0, -1)})`;
	if (protocol !== 'https:') return 'is not https';
	const host = hostname.toLowerCase().replace(/\.$/, '');
	const isListedItself = policy.extraHosts.includes(host);
	const isListed =
		isListedItself || [...RUNCOMFY_FILES, ...policy.extraHosts].some((allowed) => matches(host, allowed));
	if (!isListed) return `is on a host that isn't allowed (${hostname})`;
	return !isListedItself && isPrivateUrl(url) ? `is private or local (${hostname})` : undefined;
}

/**
 * Reads Download Hosts: a text separated by commas, blanks or lines, or a list. Schemes, ports and paths are dropped,
 * and international names are converted to the form that URLs use.
 */
export function parseHosts(value: unknown): string[] {
	const entries = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
	return entries.flatMap((text) => text.split(/[,;\s]+/)).flatMap((entry) => hostOf(entry) ?? []);
}

function hostOf(entry: string): string | undefined {
	const bare = entry
		.trim()
		.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
		.replace(/^[^@/]*@/, '');
	const isWildcard = bare.startsWith('*.');
	const rest = isWildcard ? bare.slice(2) : bare;
	if (rest === '' || rest.startsWith('*') || !URL.canParse(`https://${rest}`)) return undefined;
	const host = new URL(`https://${rest}`).hostname.toLowerCase().replace(/\.$/, '');
	if (host === '' || (isWildcard && !host.includes('.'))) return undefined;
	return isWildcard ? `*.${host}` : host;
}

function matches(hostname: string, allowed: string): boolean {
	return allowed.startsWith('*.') && hostname.endsWith(allowed.slice(1));
}
