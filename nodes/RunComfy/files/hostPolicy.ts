/** Where files may come from. */
export interface HostPolicy {
	/** The configured Model API origin: it serves its own files, over its own scheme. */
	modelApiOrigin: string;
	/** Further host names, in lower case; `*.example.com` stands for all names below it. */
	extraHosts: string[];
}

/** RunComfy's file hosts (seen in its command line). */
const RUNCOMFY_FILES = ['*.runcomfy.net', '*.runcomfy.com'];

/** Whether a file may be fetched from there. Every hop of a redirect is asked again. */
export function isAllowedFileUrl(url: string, policy: HostPolicy): boolean {
	if (!URL.canParse(url)) return false;
	const { protocol, hostname, origin, username, password } = new URL(url);
	if (username !== '' || password !== '') return false;
	if (origin === policy.modelApiOrigin) return true;
	if (protocol !== 'https:') return false;
	return [...RUNCOMFY_FILES, ...policy.extraHosts].some((host) => matches(hostname.toLowerCase(), host));
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
