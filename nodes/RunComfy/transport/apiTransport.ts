import { createHash } from 'crypto';
import type {
	IAllExecuteFunctions,
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

import type { Clock } from '../shared/clock';
import { ExecutionStopped, RunComfyFailure } from '../shared/failure';
import { parseJson } from '../shared/json';
import { faultFromCode, TransportFault, type ApiAnswer } from './apiAnswer';
import { endpointsOf, type Endpoints } from './endpoints';
import { isBusy, isSafeToSubmitAgain, isWorthRepeating, MAX_REPEATS, repeatDelayMs } from './retryPolicy';

const CREDENTIAL = 'runComfyApi';

/** Anything shorter is no token but a slip of the hand, and blanking it out would tear answers apart. */
const SHORTEST_TOKEN = 6;

/** Deeper than any answer that is read; what is nested deeper never reaches a message. */
const DEEPEST_JSON = 200;

/** Time limits in milliseconds. A submit may carry media in its body, so it gets longer. */
const READ_TIMEOUT_MS = 30_000;
const SUBMIT_TIMEOUT_MS = 90_000;
const SHORTEST_TIMEOUT_MS = 5_000;

/** However long a service asks us to stay away, a call without a deadline does not wait longer. Milliseconds. */
const LONGEST_PAUSE_MS = 30_000;

/** One call of RunComfy's API. */
export interface ApiCall {
	method: 'GET' | 'POST';
	api: keyof Endpoints;
	path: string;
	query?: Record<string, string | number | boolean>;
	/** Sent as JSON. */
	body?: Record<string, unknown>;
	/** Ends a read at once. A submit under way is seen to its end, or nobody would learn the id of a paid request. */
	signal?: AbortSignal;
	/** Milliseconds since 1970: after it a read is not tried again, and it does not wait longer than until then. */
	deadline?: number;
	/** Milliseconds for which a read that fails is tried again, where the usual repeats are over sooner. */
	keepTryingMs?: number;
	/** Asked before every repeat; whoever makes the call asks before the first try. */
	pace?: CallPace;
}

/** What spaces the calls of a run. */
export interface CallPace {
	/**
	 * Waits for one's turn.
	 *
	 * @param deadline milliseconds since 1970: it does not wait longer
	 * @throws ExecutionStopped
	 */
	turn(signal?: AbortSignal, deadline?: number): Promise<void>;
	/** The service is busy: no turn comes before this moment, in milliseconds since 1970. */
	hold(untilMs: number): void;
}

/** The one way to RunComfy's API. It carries the token, and follows no redirect with it. */
export interface ApiTransport {
	endpoints: Endpoints;
	/** Tells accounts apart without telling the token: a hash of the token and the endpoints. */
	account: string;
	/** A call that changes nothing when it is repeated: tried again on network faults, 408, 429, 5xx and cut bodies. */
	read(call: ApiCall): Promise<ApiAnswer | TransportFault>;
	/** A paid call: sent again only where it certainly was not accepted (connection refused, DNS, 429). */
	submit(call: ApiCall): Promise<ApiAnswer | TransportFault>;
}

type N8nContext = IExecuteFunctions | ILoadOptionsFunctions;

/**
 * Opens the transport with the node's credential.
 *
 * @throws RunComfyFailure `unauthorized` when the token is empty, `invalid_input` when an endpoint is not a URL
 */
export async function openTransport(context: N8nContext, clock: Clock): Promise<ApiTransport> {
	const credential = await context.getCredentials(CREDENTIAL);
	const token = tokenOf(credential);
	const endpoints = endpointsOf(credential);
	const sendOnce = senderFor(context, endpoints, token);

	const repeat = async (
		call: ApiCall,
		timeoutMs: number,
		mayRepeat: (outcome: ApiAnswer | TransportFault) => boolean,
		httpSignal: AbortSignal | undefined,
	) => {
		const { signal, deadline, pace, keepTryingMs = 0 } = call;
		const startedAt = clock.now();
		for (let repeats = 0; ; repeats++) {
			if (repeats > 0) await pace?.turn(signal, deadline);
			if (signal?.aborted) throw new ExecutionStopped();
			const limitMs = Math.max(SHORTEST_TIMEOUT_MS, Math.min(timeoutMs, (deadline ?? Infinity) - clock.now()));
			const answer = await sendOnce(call, limitMs, httpSignal);
			const outcome = repeats > 0 && !(answer instanceof TransportFault) ? { ...answer, isRepeated: true } : answer;
			if (httpSignal?.aborted) throw new ExecutionStopped();
			const isLast = repeats >= MAX_REPEATS && clock.now() - startedAt >= keepTryingMs;
			if (isLast || !mayRepeat(outcome)) return outcome;
			const now = clock.now();
			const leftMs = deadline === undefined ? LONGEST_PAUSE_MS : deadline - now;
			if (leftMs <= 0) return outcome;
			const pauseMs = Math.min(repeatDelayMs(repeats, outcome, Math.random(), now), leftMs);
			if (isBusy(outcome)) pace?.hold(now + pauseMs);
			await clock.sleep(pauseMs, signal);
		}
	};

	return {
		endpoints,
		account: createHash('sha256').update(`${token} ${endpoints.modelApi} ${endpoints.platformApi}`).digest('hex'),
		read: async (call) => await repeat(call, READ_TIMEOUT_MS, isWorthRepeating, call.signal),
		submit: async (call) => await repeat(call, SUBMIT_TIMEOUT_MS, isSafeToSubmitAgain, undefined),
	};
}

function tokenOf(credential: ICredentialDataDecryptedObject): string {
	const token = typeof credential.apiToken === 'string' ? credential.apiToken.trim() : '';
	if (token !== '') return token;
	throw new RunComfyFailure({
		message: 'The RunComfy API credential has no API token',
		description:
			'Open the credential and paste the token from runcomfy.com/profile (Account, API Token). Nothing was sent or charged.',
		code: 'unauthorized',
		retryable: false,
		charged: 'no',
	});
}

function senderFor(context: N8nContext, endpoints: Endpoints, token: string) {
	/*
	 * n8n replaces the abort signal of an authenticated call by the execution's own whenever its context has one,
	 * and then no call can be made after Stop, not even the cancel. A context without it leaves the signal to us.
	 */
	const callContext = {
		helpers: context.helpers,
		getNode: () => context.getNode(),
		getCredentials: async (type: string) => await context.getCredentials(type),
		logger: context.logger,
	} as unknown as IAllExecuteFunctions;

	return async (
		call: ApiCall,
		timeoutMs: number,
		abortSignal: AbortSignal | undefined,
	): Promise<ApiAnswer | TransportFault> => {
		const options = { ...requestOptions(call, endpoints, timeoutMs), abortSignal };
		try {
			const answer = (await context.helpers.httpRequestWithAuthentication.call(
				callContext,
				CREDENTIAL,
				options,
			)) as FullAnswer;
			return toApiAnswer(answer, token);
		} catch (error) {
			return faultFromCode(codeOf(error));
		}
	};
}

function requestOptions(call: ApiCall, endpoints: Endpoints, timeoutMs: number): IHttpRequestOptions {
	return {
		method: call.method as IHttpRequestMethods,
		url: `${endpoints[call.api]}${call.path}`,
		qs: call.query,
		headers: {
			Accept: 'application/json',
			...(call.body ? { 'Content-Type': 'application/json' } : {}),
		},
		// As text: n8n sends no body at all for an empty object.
		body: call.body ? JSON.stringify(call.body) : undefined,
		// The body is parsed here, because a 200 may be HTML, cut or empty, and a retry of n8n's own on 401 is unwanted.
		encoding: 'text',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: timeoutMs,
	};
}

interface FullAnswer {
	body: unknown;
	headers: Record<string, unknown>;
	statusCode: number;
}

function toApiAnswer(answer: FullAnswer, token: string): ApiAnswer {
	const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
	const text = redacted(body, token);
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(answer.headers)) headers[name.toLowerCase()] = String(value);
	return { httpStatus: answer.statusCode, headers, json: redactedJson(parseJson(body), token), text };
}

/** Also after parsing, because JSON may write the same letters in another way. */
function redactedJson(value: unknown, token: string, depth = 0): unknown {
	if (typeof value === 'string') return redacted(value, token);
	if (typeof value !== 'object' || value === null || depth > DEEPEST_JSON) return value;
	if (Array.isArray(value)) return value.map((entry) => redactedJson(entry, token, depth + 1));
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [redacted(name, token), redactedJson(entry, token, depth + 1)]),
	);
}

function redacted(text: string, token: string): string {
	if (token.length < SHORTEST_TOKEN) return text;
	return text.replaceAll(token, '[token]').replaceAll(encodeURIComponent(token), '[token]');
}

/** n8n wraps network faults; their code is the wrapper's `httpCode`, or on the cause. */
function codeOf(error: unknown): string {
	const { httpCode, code, cause } = error as { httpCode?: unknown; code?: unknown; cause?: { code?: unknown; name?: unknown } };
	for (const candidate of [httpCode, code, cause?.code, cause?.name]) {
		if (typeof candidate === 'string' && candidate !== '' && candidate !== 'Error') return candidate;
	}
	return 'unknown';
}
