import { deploymentJob } from '../../shared/job';
import { isJsonObject } from '../../shared/json';
import { NetworkError, type ApiAnswer } from '../../transport/apiAnswer';
import type { ApiTransport } from '../../transport/apiTransport';
import { tokenRedactor } from '../../transport/redaction';
import { acceptedAnswer, urlIn } from '../jobAnswers';
import type { AcceptedJob, CallControl } from '../jobApi';
import { normaliseStatus } from '../status';
import { callKnownVersion } from './apiVersion';
import { inferencePath, requestPath, type ApiVersion } from './paths';

/** Where RunComfy calls when a request changes. */
export interface Webhook {
	/** Whoever knows it can resume an execution, so no log line, output or failure may hold it. */
	url: string;
	/** Whether it is called for `in_queue` and `in_progress` as well. */
	intermediate?: boolean;
}

/**
 * Submits one request to a deployment. This is what is paid for.
 *
 * @param body JSON: `overrides`, `workflow_api_json`, or the flat input of a LoRA deployment
 * @throws RunComfyFailure; `submit_outcome_unknown` where the request may have been accepted all the same
 */
export async function submitToDeployment(
	transport: ApiTransport,
	deploymentId: string,
	body: Buffer,
	{ webhook, ...control }: CallControl & { webhook?: Webhook } = {},
): Promise<AcceptedJob> {
	let usedVersion: ApiVersion = 'v2';
	const answered = await callKnownVersion(transport, control, async (version) => {
		usedVersion = version;
		const path = `${inferencePath(version, deploymentId)}${queryOf(webhook)}`;
		return await transport.submit({ method: 'POST', api: 'platformApi', path, body, ...control });
	});
	const outcome = webhook ? withoutUrl(answered, webhook.url) : answered;
	const { requestId, answer } = acceptedAnswer(outcome, { family: 'deployment', targetId: deploymentId });
	const urlOf = (part: 'status' | 'result' | 'cancel') => {
		const path = requestPath(usedVersion, { deploymentId, requestId }, part);
		return urlIn(answer, part, `${transport.endpoints.platformApi}${path}`);
	};
	return {
		job: deploymentJob(requestId, deploymentId),
		statusUrl: urlOf('status'),
		resultUrl: urlOf('result'),
		cancelUrl: urlOf('cancel'),
		status: typeof answer.status === 'string' ? normaliseStatus(answer.status) : 'in_queue',
	};
}

/** Written here because the URL has a query of its own (documented: an encoded https URL). */
function queryOf(webhook: Webhook | undefined): string {
	if (webhook === undefined) return '';
	const intermediate = webhook.intermediate ? '&webhook_intermediate_status=true' : '';
	return `?webhook=${encodeURIComponent(webhook.url)}${intermediate}`;
}

const WEBHOOK_MARK = '[webhook URL]';

/** Services repeat in their error texts what they were sent. The secret of the URL is in its path and query. */
function withoutUrl(outcome: ApiAnswer | NetworkError, url: string): ApiAnswer | NetworkError {
	const { pathname, search } = URL.canParse(url) ? new URL(url) : { pathname: '', search: '' };
	const redactors = [url, `${pathname}${search}`, search].map((secret) => tokenRedactor(secret, WEBHOOK_MARK));
	const redact = (text: string) => redactors.reduce((rest, one) => one(rest), text);
	if (outcome instanceof NetworkError) {
		const { kind, code, partialText } = outcome;
		return new NetworkError(kind, code, partialText === undefined ? undefined : redact(partialText));
	}
	return { ...outcome, text: redact(outcome.text), json: mapTexts(outcome.json, redact) };
}

/** Answers to submits are small; what is nested deeper is no message. */
const MAX_DEPTH = 20;

function mapTexts(value: unknown, map: (text: string) => string, depth = 0): unknown {
	if (typeof value === 'string') return map(value);
	if (depth > MAX_DEPTH) return undefined;
	if (Array.isArray(value)) return value.map((entry) => mapTexts(entry, map, depth + 1));
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [map(name), mapTexts(entry, map, depth + 1)]),
	);
}
