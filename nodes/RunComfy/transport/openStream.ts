import type { IExecuteFunctions } from 'n8n-workflow';

import type { ByteStream } from '../shared/byteStream';
import { USER_AGENT } from './userAgent';

const MAX_REDIRECTS = 5;

/** The head of an answer, and its body still to be read. Header names are in lower case. */
export interface StreamResponse {
	body: ByteStream;
	headers: Record<string, string | undefined>;
	statusCode: number;
}

/** How to open a stream. */
export interface StreamOptions {
	/** Asked for the URL and for every redirect. @returns why it may not be called, or undefined */
	refuse: (url: string) => string | undefined;
	headers?: Record<string, string>;
	/** Milliseconds until the server has to start answering. */
	timeoutMs: number;
	/** Ends the call and the body. */
	signal: AbortSignal;
}

/** A URL, or one that a redirect led to, may not be called. */
export class StreamRefused extends Error {}

/** Redirects that lead to redirects. */
export class TooManyRedirects extends StreamRefused {}

/**
 * Opens a file of the web without the API token. Redirects are followed by hand, because each of them has to be allowed.
 *
 * @throws StreamRefused with the reason
 */
export async function openStream(
	context: IExecuteFunctions,
	url: string,
	options: StreamOptions,
): Promise<StreamResponse> {
	let current = url;
	for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
		const reason = options.refuse(current);
		if (reason !== undefined) throw new StreamRefused(reason);
		const response = (await context.helpers.httpRequest({
			url: current,
			headers: { 'User-Agent': USER_AGENT, ...options.headers },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: options.timeoutMs,
			abortSignal: options.signal,
		})) as StreamResponse;
		const { location } = response.headers;
		const isRedirect = response.statusCode >= 300 && response.statusCode < 400;
		if (!isRedirect || !location || !URL.canParse(location, current)) return response;
		destroyQuietly(response.body);
		current = new URL(location, current).href;
	}
	throw new TooManyRedirects('it is redirected too often');
}

/** Ends a stream nobody reads; what it still has to say about that is of no interest. */
export function destroyQuietly(body: ByteStream): void {
	body.on('error', () => {});
	body.destroy();
}
