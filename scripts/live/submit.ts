import { objectOf, type Api, type Exchange, type LiveClient } from './client';
import { answerOf } from './freeChecks';
import type { LiveRequest } from './watch';

/** What became of a submit. An unclear one may have been accepted and charged, and is never sent again. */
export type SubmitOutcome =
	| { type: 'accepted'; request: LiveRequest; exchange: Exchange }
	| { type: 'refused'; exchange: Exchange }
	| { type: 'unclear'; exchange: Exchange };

/** A paid call. */
export interface PaidCall {
	api: Api;
	path: string;
	body: unknown;
	/** The path under which an accepted request is read. */
	requestPath: (id: string) => string;
	/** For the terminal. */
	what: string;
}

/** Sends a paid call once, and says its request ID at once, because whoever knows it can fetch what was paid. */
export async function submitOnce(
	client: LiveClient,
	{ api, path, body, requestPath, what }: PaidCall,
	report: (line: string) => void,
): Promise<SubmitOutcome> {
	const exchange = await client.post(api, path, { body });
	const { request_id: id, error_code: code } = objectOf(exchange);
	if (exchange.status >= 200 && exchange.status < 300 && typeof id === 'string' && id !== '') {
		report(`Request    ${id} (${what})`);
		return { type: 'accepted', request: { id, api, path: requestPath(encodeURIComponent(id)) }, exchange };
	}
	const isRefused = (exchange.status >= 400 && exchange.status < 500 && exchange.status !== 408) || isError(code);
	if (isRefused) {
		report(`Refused    ${what}: ${answerOf(exchange)}`);
		return { type: 'refused', exchange };
	}
	report(`Unclear    ${what}: ${answerOf(exchange)}. It isn't submitted again. Check Generations on runcomfy.com.`);
	return { type: 'unclear', exchange };
}

/** A server's own fault (500001) may come after a request was accepted. */
const isError = (code: unknown) => typeof code === 'number' && !String(code).startsWith('5');

/** Cancels a request whose watch ended early, and says what became of it. */
export async function cancelRequest(
	client: LiveClient,
	{ api, id, path }: LiveRequest,
	report: (line: string) => void,
): Promise<Exchange> {
	const exchange = await client.post(api, `${path}/cancel`);
	const { outcome, status } = objectOf(exchange);
	report(`Cancel     ${id}: ${String(outcome ?? status ?? answerOf(exchange))}`);
	return exchange;
}
