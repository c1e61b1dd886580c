import type { IExecuteFunctions } from 'n8n-workflow';

import type { ByteStream } from '../shared/byteStream';
import { USER_AGENT } from './userAgent';

const MAX_REDIRECTS = 5;

/** The head of a response, and its unread body. Header names are in lower case. */
export interface StreamResponse {
	body: ByteStream;
	headers: Record<string, string | undefined>;
	statusCode: number;
}

/** How to open a stream. */
export interface StreamOptions {
	/** Called for the URL and for every redirect. @returns why the URL may not be called, or undefined */
	refuse: (url: string) => string | undefined;
	headers?: Record<string, string>;
	/** How long the server may take to start responding. Milliseconds. */
	timeoutMs: number;
	/** Ends the call and the body. */
	signal: AbortSignal;
}

/** A URL, or one that it redirects to, may not be called. */
export class StreamRefused extends Error {}

/** More redirects than are followed. */
export class TooManyRedirects extends StreamRefused {}

/**
 * Opens a web file without the API token. Redirects are followed here because each of them must be allowed.
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
	throw new TooManyRedirects('it redirects too many times');
}

/** Ends an unread stream and ignores any error that this causes. */
export function destroyQuietly(body: ByteStream): void {
	body.on('error', () => {});
	body.destroy();
}
