import { isPrivateUrl } from '../media/addressPolicy';

/** Where files may come from. */
export interface HostPolicy {
	/** The configured Model API origin: it serves its own files, over its own scheme. */
	modelApiOrigin: string;
	/** Further host names, in lower case; `*.example.com` stands for all names below it. */
	extraHosts: string[];
}

/** RunComfy's file hosts (seen in its command line). */
const RUNCOMFY_FILES = ['*.runcomfy.net', '*.runcomfy.com'];

/**
 * Why a file may not be fetched from there, in words that go on after "an address that"; undefined when it may.
 * Every hop of a redirect is asked again.
 */
export function refusalOfFileUrl(url: string, policy: HostPolicy): string | undefined {
	if (!URL.canParse(url)) return 'is not a web address';
	const { protocol, hostname, origin, username, password } = new URL(url);
	if (username !== '' || password !== '') return 'carries a password';
	if (origin === policy.modelApiOrigin) return undefined;
	if (protocol !== 'https:') return 'is not https';
	const isListed = [...RUNCOMFY_FILES, ...policy.extraHosts].some((host) => matches(hostname.toLowerCase(), host));
	if (!isListed) return `is on a host that is not allowed (${hostname})`;
	return isPrivateUrl(url) ? `is private or local (${hostname})` : undefined;
}

/** Reads the comma-separated host list of the options; schemes, ports and paths that slipped in are dropped. */
export function parseHosts(text: string): string[] {
	return text
		.split(/[,\s]+/)
		.map((entry) => entry.trim().toLowerCase().replace(/^[a-z]+:\/\//, '').replace(/[/:].*$/, ''))
		.filter((host) => host !== '' && host !== '*' && host !== '*.');
}

function matches(hostname: string, allowed: string): boolean {
	return allowed.startsWith('*.') ? hostname.endsWith(allowed.slice(1)) : hostname === allowed;
}
