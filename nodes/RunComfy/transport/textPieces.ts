import type { ICredentialDataDecryptedObject, IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { callContextOf } from '../n8n/callContext';
import type { Clock } from '../shared/clock';
import { ExecutionStopped, throwAsIs } from '../shared/failure';
import { isHtml } from '../shared/textContent';
import { BYTES_PER_MB } from '../shared/units';
import type { Endpoints } from './endpoints';
import { networkCodeOf, rootCause } from './networkCode';
import { destroyQuietly, type StreamResponse } from './openStream';
import { USER_AGENT } from './userAgent';

/** A file that RunComfy names is never read further, or for longer. Bytes, milliseconds. */
const MAX_BYTES = 32 * BYTES_PER_MB;
const LIMIT_MS = 20_000;
const MAX_REDIRECTS = 5;
/** No spelling of a token that is blanked out is longer. Characters. */
const MAX_SPELLING = 8_192;

/** Why a file could not be read to its end. */
export type PiecesFault = 'not_allowed' | 'http_status' | 'web_page' | 'too_large' | 'timeout' | 'network';

/** A file that RunComfy names can't be read. Nothing else depends on it, so it is no failure of its own. */
export class PiecesUnavailable extends Error {
	constructor(
		readonly fault: PiecesFault,
		/** For `http_status`. */
		readonly httpStatus?: number,
	) {
		super(`The file can't be read (${fault}${httpStatus === undefined ? '' : ` ${httpStatus}`})`);
		this.name = 'PiecesUnavailable';
	}
}

/** Reads a file piece by piece. */
export type PieceReader = (url: string, signal?: AbortSignal) => AsyncGenerator<string, void>;

/** What the reader shares with the transport that it belongs to. */
interface PieceSource {
	context: IExecuteFunctions | ILoadOptionsFunctions;
	clock: Clock;
	credential: ICredentialDataDecryptedObject;
	credentialType: string;
	endpoints: Endpoints;
	/** Blanks out the token. */
	redact: (text: string) => string;
}

/**
 * Makes a reader of large files that RunComfy names, such as a deployment's node definitions. They come as texts of some kilobytes,
 * 32 MB and 20 seconds at most. The token goes along only where the URL itself has the origin of the platform API, and over no redirect.
 * Whoever has enough ends the loop, and the call ends with it.
 *
 * The reader throws PiecesUnavailable, ExecutionStopped at once when the signal fires, and faults of a program as they are.
 */
export function pieceReader(source: PieceSource): PieceReader {
	return async function* (url, signal) {
		const limit = new AbortController();
		const done = new AbortController();
		source.clock.sleep(LIMIT_MS, done.signal).then(
			() => limit.abort(),
			() => {},
		);
		const abortSignal = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
		let body: StreamResponse['body'] | undefined;
		try {
			({ body } = await open(source, url, abortSignal));
			for await (const piece of textsOf(body, source.redact)) {
				if (signal?.aborted) throw new ExecutionStopped();
				yield piece;
			}
			if (limit.signal.aborted) throw new PiecesUnavailable('timeout');
		} catch (error) {
			throwAsIs(faultOf(error, signal, limit.signal));
		} finally {
			done.abort();
			if (body) destroyQuietly(body);
		}
	};
}

function faultOf(error: unknown, stop: AbortSignal | undefined, limit: AbortSignal): unknown {
	if (stop?.aborted) return new ExecutionStopped();
	if (error instanceof PiecesUnavailable) return error;
	if (limit.aborted) return new PiecesUnavailable('timeout');
	return networkCodeOf(error) === undefined ? rootCause(error) : new PiecesUnavailable('network');
}

async function open(source: PieceSource, url: string, signal: AbortSignal): Promise<StreamResponse> {
	const { platformApi } = source.endpoints;
	if (!URL.canParse(url, platformApi)) throw new PiecesUnavailable('not_allowed');
	let current = new URL(url, platformApi);
	for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
		if (!isAllowed(current, platformApi)) throw new PiecesUnavailable('not_allowed');
		const withToken = hops === 0 && current.origin === new URL(platformApi).origin;
		const answer = await call(source, current.href, withToken, signal);
		const { location } = answer.headers;
		const isRedirect = answer.statusCode >= 300 && answer.statusCode < 400;
		if (isRedirect && location && URL.canParse(location, current.href)) {
			destroyQuietly(answer.body);
			current = new URL(location, current);
			continue;
		}
		if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
		destroyQuietly(answer.body);
		throw new PiecesUnavailable('http_status', answer.statusCode);
	}
	throw new PiecesUnavailable('not_allowed');
}

/** Plain http only where the whole platform API is reached so, such as a local simulator. */
function isAllowed({ protocol }: URL, platformApi: string): boolean {
	return protocol === 'https:' || (protocol === 'http:' && /^http:/i.test(platformApi));
}

async function call(
	{ context, credential, credentialType }: PieceSource,
	url: string,
	withToken: boolean,
	abortSignal: AbortSignal,
): Promise<StreamResponse> {
	const options = {
		url,
		headers: { Accept: 'application/json', 'User-Agent': USER_AGENT },
		encoding: 'stream' as const,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: LIMIT_MS,
		abortSignal,
	};
	const { httpRequest, httpRequestWithAuthentication } = context.helpers;
	return (await (withToken
		? httpRequestWithAuthentication.call(callContextOf(context, credential), credentialType, options)
		: httpRequest(options))) as StreamResponse;
}

/** The texts of a body. The end of each piece is held back, because a token could begin in it. */
async function* textsOf(body: StreamResponse['body'], redact: (text: string) => string): AsyncGenerator<string, void> {
	const decoder = new TextDecoder();
	let bytes = 0;
	let held = '';
	let isFirst = true;
	for await (const chunk of body) {
		bytes += chunk.length;
		if (bytes > MAX_BYTES) throw new PiecesUnavailable('too_large');
		const text = redact(held + decoder.decode(chunk, { stream: true }));
		if (isFirst && isHtml(text)) throw new PiecesUnavailable('web_page');
		isFirst = false;
		const end = Math.max(0, text.length - MAX_SPELLING);
		held = text.slice(end);
		if (end > 0) yield text.slice(0, end);
	}
	const rest = redact(held + decoder.decode());
	if (rest !== '') yield rest;
}
