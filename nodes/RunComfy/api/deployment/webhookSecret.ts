import { isJsonObject } from '../../shared/json';
import { NetworkError, type ApiResponse } from '../../transport/apiResponse';
import { tokenRedactor } from '../../transport/redaction';

const MARK = '[webhook URL]';
/** A shorter part of a URL is no secret. Characters. */
const MIN_SECRET_LENGTH = 12;
/** Answers to submits are small; what is nested deeper is no message. */
const MAX_DEPTH = 20;

/**
 * Blanks out a webhook's URL in the response to a submit, and each part of it that could be a secret: anyone who knows it can resume
 * an execution, and services repeat in their errors what they were sent.
 *
 * @param deploymentId is no secret, also where the URL carries it to the receiver: the URLs of the request hold it as well
 */
export function withoutWebhookUrl(
	outcome: ApiResponse | NetworkError,
	url: string,
	deploymentId: string,
): ApiResponse | NetworkError {
	const redact = redactorOf(secretsOf(url).filter((secret) => secret !== deploymentId));
	if (outcome instanceof NetworkError) {
		const { kind, code, partialText } = outcome;
		return new NetworkError(kind, code, partialText === undefined ? undefined : redact(partialText));
	}
	return { ...outcome, text: redact(outcome.text), json: mapTexts(outcome.json, redact) };
}

/** Leaves a webhook's URL out of a later response, where RunComfy might repeat it (inferred): this run may not know it. */
export function withoutWebhookFields(outcome: ApiResponse | NetworkError): ApiResponse | NetworkError {
	if (outcome instanceof NetworkError || !isJsonObject(outcome.json)) return outcome;
	const json = Object.fromEntries(Object.entries(outcome.json).filter(([name]) => !/^webhook/i.test(name)));
	return { ...outcome, json };
}

function redactorOf(secrets: string[]): (text: string) => string {
	const redactors = secrets.map((secret) => tokenRedactor(secret, MARK));
	return (text) => redactors.reduce((rest, redact) => redact(rest), text);
}

/** The longest first: what is left of a URL whose part is gone would not be recognised. */
function secretsOf(url: string): string[] {
	const { pathname, searchParams } = URL.canParse(url) ? new URL(url) : new URL('https://none.invalid/');
	const query = url.indexOf('?') < 0 ? '' : url.slice(url.indexOf('?'));
	const parts = [url, query, ...pathname.split('/'), ...searchParams.values()];
	return [...new Set(parts)].filter((part) => part.length >= MIN_SECRET_LENGTH).sort((a, b) => b.length - a.length);
}

function mapTexts(value: unknown, map: (text: string) => string, depth = 0): unknown {
	if (typeof value === 'string') return map(value);
	if (depth > MAX_DEPTH) return undefined;
	if (Array.isArray(value)) return value.map((entry) => mapTexts(entry, map, depth + 1));
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [map(name), mapTexts(entry, map, depth + 1)]),
	);
}
