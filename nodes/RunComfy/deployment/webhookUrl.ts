import { isPrivateUrl } from '../media/privateUrl';
import { invalidInput } from '../shared/failure';

/** A webhook that RunComfy can call, or why none is asked for. Neither holds the URL in a text: it is a secret. */
export type CheckedWebhook = { url: string } | { warning: string };

const ADVICE =
	'Enter the public https URL of a webhook, such as {{ $execution.resumeUrl }}, or leave Webhook URL empty.';

/**
 * Checks where RunComfy is to call. A URL that it can't reach is left out with a warning: the request itself needs no webhook.
 *
 * @returns undefined where none is wanted
 * @throws RunComfyFailure `invalid_input` for what is no URL
 */
export function checkWebhookUrl(value: unknown): CheckedWebhook | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const given = typeof value === 'string' ? value.trim() : '';
	if (given === '' && typeof value === 'string') return undefined;
	if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(given) || !URL.canParse(given))
		throw invalidInput("Webhook URL isn't a URL", ADVICE);
	const { protocol, username, password } = new URL(given);
	if (protocol === 'http:') return unreachable("it isn't https");
	if (protocol !== 'https:') throw invalidInput("Webhook URL isn't an https URL", ADVICE);
	if (username !== '' || password !== '') return unreachable('it contains a user name or password');
	if (isPrivateUrl(given)) return unreachable("its host isn't public; check n8n's WEBHOOK_URL setting");
	return { url: given };
}

function unreachable(why: string): CheckedWebhook {
	return { warning: `RunComfy can't call the Webhook URL: ${why}. The request was submitted without a webhook.` };
}
