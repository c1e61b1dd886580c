import { invalidInput } from '../shared/failure';
import { truncate } from '../shared/text';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const ONLY_UUID = new RegExp(`^${UUID.source}$`, 'i');
/** In a path, and not inside of a longer word. */
const UUIDS_IN_PATH = new RegExp(`(?<![0-9a-z-])${UUID.source}(?![0-9a-z-])`, 'gi');
/** The site, and the API whose addresses a submit returns. */
const RUNCOMFY_HOST = /(^|\.)runcomfy\.(com|net)$/i;
const EXAMPLE = 'd1d2a3b4-5678-4abc-9def-0123456789ab';
const ADVICE = `Select a deployment from the list, or enter its ID, such as ${EXAMPLE}. The ID is on the deployment\'s page on runcomfy.com.`;
/** Characters of what was entered that a message shows. */
const MAX_SHOWN = 100;

/**
 * The ID of the deployment that the Deployment parameter names: an ID, or the URL of a page of RunComfy that holds one.
 *
 * @throws RunComfyFailure `invalid_input` that says what is wanted
 */
export function parseDeploymentId(value: unknown): string {
	const given = typeof value === 'string' ? value.trim() : '';
	if (given === '') throw invalidInput('No deployment is selected', ADVICE);
	if (ONLY_UUID.test(given)) return given.toLowerCase();
	const url = urlOf(given);
	if (url === undefined) throw invalidInput(`Deployment "${shown(given)}" isn't a deployment ID`, ADVICE);
	return idInUrl(url, given);
}

function idInUrl({ hostname, pathname, search, hash }: URL, given: string): string {
	if (!RUNCOMFY_HOST.test(hostname)) throw invalidInput(`Deployment "${shown(given)}" isn't a RunComfy URL`, ADVICE);
	const [, named] = new RegExp(`/deployments?/(${UUID.source})`, 'i').exec(pathname) ?? [];
	if (named !== undefined) return named.toLowerCase();
	const ids = new Set([...`${pathname}${search}${hash}`.matchAll(UUIDS_IN_PATH)].map(([id]) => id.toLowerCase()));
	const [only] = ids;
	if (only !== undefined && ids.size === 1) return only;
	if (ids.size > 1)
		throw invalidInput(
			`The URL "${shown(given)}" contains several IDs, so it isn't clear which deployment is meant`,
			ADVICE,
		);
	if (/^\/(?:[a-z-]{2,7}\/)?(models|playground)\//i.test(pathname)) {
		const advice = `Use the resource Model Request for models. ${ADVICE}`;
		throw invalidInput(`"${shown(given)}" is the page of a model, not of a deployment`, advice);
	}
	throw invalidInput(`The URL "${shown(given)}" doesn't contain a deployment ID`, ADVICE);
}

function urlOf(given: string): URL | undefined {
	const address = /^(?:[\w-]+\.)?runcomfy\.(?:com|net)(?:\/|$)/i.test(given) ? `https://${given}` : given;
	return /^https?:\/\//i.test(address) && URL.canParse(address) ? new URL(address) : undefined;
}

function shown(given: string): string {
	return truncate(given, MAX_SHOWN);
}
