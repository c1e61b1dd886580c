import { createHash } from 'crypto';
import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

import { callContextOf } from '../n8n/callContext';
import type { Clock } from '../shared/clock';
import { ExecutionStopped, throwAsIs, RunComfyFailure } from '../shared/failure';
import { faultFromCode, NetworkError, type ApiResponse } from './apiResponse';
import { endpointsOf, type Endpoints } from './endpoints';
import { networkCodeOf, rootCause } from './networkCode';
import type { ByteStream } from '../shared/byteStream';
import { readResponse } from './readResponse';
import { tokenRedactor } from './redaction';
import { pieceReader, type PieceReader } from './textPieces';
import {
	isBusy,
	isSafeToSubmitAgain,
	isWorthRepeating,
	MAX_PAUSE_MS,
	MAX_REPEATS,
	repeatDelayMs,
	retryAfterMs,
} from './retryPolicy';

const CREDENTIAL = 'runComfyApi';

/** Limits for a whole call, from its first byte to the last one of its response (contract). Milliseconds. */
const READ_LIMIT_MS = 30_000;
const SUBMIT_LIMIT_MS = 120_000;
/** A submit may carry files in its body, and gets a second more for each of these. Bytes. */
const SUBMIT_BYTES_PER_SECOND = 256 * 1024;
/** A result with files in it may be longer, see `ApiCall`. Bytes. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
/** A call gets at least this long, however close its deadline is. Milliseconds. */
const MIN_LIMIT_MS = 5_000;
/** How long a submit that is in progress at Stop may take to return its ID. Milliseconds. */
const STOPPED_SUBMIT_LIMIT_MS = 10_000;

/** One call of RunComfy's API. */
export interface ApiCall {
	method: 'GET' | 'PATCH' | 'POST';
	api: keyof Endpoints;
	path: string;
	query?: Record<string, string | number | boolean>;
	/** JSON as bytes. */
	body?: Buffer;
	/** The longest response accepted; 32 MB by default. Bytes. */
	maxResponseBytes?: number;
	/**
	 * Ends a read at once. A submit in progress gets some seconds more; otherwise the ID of a paid request would be
	 * lost.
	 */
	signal?: AbortSignal;
	/** By the clock's `now`: a read isn't retried after it, and doesn't wait longer. */
	deadline?: number;
	/** How often a call that may be repeated is sent again; three times by default. */
	maxRepeats?: number;
	/** Acquired before every repeat, and learns from every response. The caller acquires it before the first try. */
	rate?: CallRate;
}

/** What a response says about how much load the service can take. */
export interface ResponseFacts {
	/** Milliseconds from the call to the end of its response. */
	tookMs: number;
	/** The service reports too many calls (429, 503). */
	isBusy: boolean;
}

/** Spaces the calls of a run. */
export interface CallRate {
	/**
	 * Waits until a call may be sent.
	 *
	 * @param deadline by the clock's `now`: it doesn't wait longer
	 * @throws ExecutionStopped
	 */
	acquire(signal?: AbortSignal, deadline?: number): Promise<void>;
	/** Learns from a response. */
	report(response: ResponseFacts): void;
	/** No call is sent before this moment of the clock's `now`. */
	pauseUntil(at: number): void;
}

/** The only way to RunComfy's API. It sends the token, and follows no redirects. */
export interface ApiTransport {
	endpoints: Endpoints;
	/** Identifies an account without revealing the token: a hash of the token and the endpoints. */
	account: string;
	/**
	 * A call that is safe to repeat: retried on network errors, 408, 429, 5xx and truncated bodies.
	 *
	 * @throws ExecutionStopped, and programming errors as they are
	 */
	read(call: ApiCall): Promise<ApiResponse | NetworkError>;
	/**
	 * A paid call: sent again only when it certainly wasn't accepted (connection refused, DNS, 429).
	 *
	 * @throws ExecutionStopped before it was sent, and programming errors as they are
	 */
	submit(call: ApiCall): Promise<ApiResponse | NetworkError>;
	/** Reads a large file that RunComfy names, with the token only where its URL has the platform API's origin. */
	readPieces: PieceReader;
}

type N8nContext = IExecuteFunctions | ILoadOptionsFunctions;

/**
 * Opens the transport with the node's credential. It is read once, because token and endpoints belong together: a token
 * that is edited meanwhile must not go to the old endpoints.
 *
 * @throws RunComfyFailure `unauthorized` when the token is empty, `invalid_input` when an endpoint is not a URL
 */
export async function openTransport(context: N8nContext, clock: Clock): Promise<ApiTransport> {
	const credential = await context.getCredentials(CREDENTIAL);
	const token = tokenOf(credential);
	const endpoints = endpointsOf(credential);
	const redact = tokenRedactor(token);
	const sendOnce = senderFor(context, clock, { credential, endpoints, redact });

	const repeat = async (
		call: ApiCall,
		body: Buffer | undefined,
		limitMs: number,
		mayRepeat: (outcome: ApiResponse | NetworkError) => boolean,
		stop: AbortSignal | undefined,
	) => {
		const { signal, deadline, rate, maxRepeats = MAX_REPEATS } = call;
		for (let repeats = 0; ; repeats++) {
			if (repeats > 0) await rate?.acquire(signal, deadline);
			if (signal?.aborted) throw new ExecutionStopped();
			const startedAt = clock.now();
			const callLimitMs = Math.max(MIN_LIMIT_MS, Math.min(limitMs, (deadline ?? Infinity) - startedAt));
			const response = await sendOnce(call, body, callLimitMs, stop);
			const outcome =
				repeats > 0 && !(response instanceof NetworkError) ? { ...response, isRepeated: true } : response;
			// Nobody waits for this read any more. The response to a submit is never discarded.
			if (stop?.aborted && stop === signal) throw new ExecutionStopped();
			const now = clock.now();
			const pauseMs = Math.min(repeatDelayMs(repeats, outcome, Math.random()), MAX_PAUSE_MS);
			if (!(outcome instanceof NetworkError)) rate?.report({ tookMs: now - startedAt, isBusy: isBusy(outcome) });
			if (isBusy(outcome)) rate?.pauseUntil(now + pauseMs);
			const leftMs = deadline === undefined ? Infinity : deadline - now;
			if (repeats >= maxRepeats || leftMs <= 0 || !mayRepeat(outcome)) return outcome;
			await clock.sleep(Math.min(pauseMs, leftMs), signal);
		}
	};

	return {
		endpoints,
		account: createHash('sha256').update(`${token} ${endpoints.modelApi} ${endpoints.platformApi}`).digest('hex'),
		readPieces: pieceReader({ context, clock, credential, credentialType: CREDENTIAL, endpoints, redact }),
		read: async (call) => await repeat(call, call.body, READ_LIMIT_MS, isWorthRepeating, call.signal),
		submit: async (call) => {
			const limitMs = SUBMIT_LIMIT_MS + ((call.body?.length ?? 0) / SUBMIT_BYTES_PER_SECOND) * 1_000;
			const lateStop = afterGrace(clock, call.signal);
			try {
				return await repeat(call, call.body, limitMs, isSafeToSubmitAgain, lateStop.signal);
			} finally {
				lateStop.close();
			}
		},
	};
}

/** A signal that fires some seconds after another one. */
function afterGrace(clock: Clock, signal: AbortSignal | undefined): { signal: AbortSignal; close: () => void } {
	const late = new AbortController();
	const closed = new AbortController();
	const start = () => {
		clock.sleep(STOPPED_SUBMIT_LIMIT_MS, closed.signal).then(
			() => late.abort(),
			() => {},
		);
	};
	if (signal?.aborted) start();
	signal?.addEventListener('abort', start, { once: true, signal: closed.signal });
	return { signal: late.signal, close: () => closed.abort() };
}

function tokenOf(credential: ICredentialDataDecryptedObject): string {
	const token = typeof credential.apiToken === 'string' ? credential.apiToken.trim() : '';
	if (token !== '') return token;
	throw new RunComfyFailure({
		message: 'The RunComfy API credential has no API token',
		description: 'Open the credential and paste the token from runcomfy.com/profile (Account > API Token).',
		code: 'unauthorized',
		retryable: false,
		charged: 'no',
	});
}

/** What all calls of a transport share. */
interface OpenCredential {
	credential: ICredentialDataDecryptedObject;
	endpoints: Endpoints;
	redact: (text: string) => string;
}

function senderFor(context: N8nContext, clock: Clock, { credential, endpoints, redact }: OpenCredential) {
	const callContext = callContextOf(context, credential);

	return async (
		call: ApiCall,
		body: Buffer | undefined,
		limitMs: number,
		stop: AbortSignal | undefined,
	): Promise<ApiResponse | NetworkError> => {
		const limit = new AbortController();
		const done = new AbortController();
		// n8n's own timeout counts only silence, so a response that trickles in would have no limit.
		clock.sleep(limitMs, done.signal).then(
			() => limit.abort(),
			() => {},
		);
		const abortSignal = stop ? AbortSignal.any([stop, limit.signal]) : limit.signal;
		const options = { ...requestOptions(call, body, endpoints, limitMs), abortSignal };
		try {
			const response = (await context.helpers.httpRequestWithAuthentication.call(
				callContext,
				CREDENTIAL,
				options,
			)) as FullResponse;
			return await toApiResponse(response, call, redact, clock);
		} catch (error) {
			const { partialText } = error as { partialText?: string };
			if (abortSignal.aborted) return new NetworkError('timeout', 'ETIMEDOUT', partialText);
			const code = networkCodeOf(error);
			return code === undefined ? throwAsIs(rootCause(error)) : faultFromCode(code, partialText);
		} finally {
			done.abort();
		}
	};
}

function requestOptions(
	call: ApiCall,
	body: Buffer | undefined,
	endpoints: Endpoints,
	timeoutMs: number,
): IHttpRequestOptions {
	return {
		method: call.method,
		url: `${endpoints[call.api]}${call.path}`,
		qs: call.query,
		headers: {
			Accept: 'application/json',
			...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
		},
		body,
		// The body is read here because a 200 may be HTML, truncated, empty or endless, and n8n must not retry by itself on 401.
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: timeoutMs,
	};
}

interface FullResponse {
	body: ByteStream;
	headers: Record<string, unknown>;
	statusCode: number;
}

async function toApiResponse(
	response: FullResponse,
	{ maxResponseBytes: maxBytes = MAX_RESPONSE_BYTES }: ApiCall,
	redact: (text: string) => string,
	clock: Clock,
): Promise<ApiResponse> {
	const { text, json } = await readResponse({ body: response.body, redact, clock, maxBytes });
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(response.headers)) headers[name.toLowerCase()] = String(value);
	return {
		httpStatus: response.statusCode,
		headers,
		json,
		text,
		retryAfterMs: retryAfterMs(headers['retry-after'], clock.date()),
	};
}
