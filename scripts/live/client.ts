import axios, { AxiosError, type AxiosRequestConfig } from 'axios';
import { performance } from 'node:perf_hooks';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** The limits of the package itself. Milliseconds. */
const READ_LIMIT_MS = 30_000;
const SUBMIT_LIMIT_MS = 120_000;
const FILE_LIMIT_MS = 300_000;
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

export type Api = 'model' | 'platform';

/** Base URLs, without `/v1` and `/prod`. */
export type BaseUrls = Record<Api, string>;

/** One call and what came back. */
export interface Exchange {
	method: string;
	/** Path with query. */
	path: string;
	/** HTTP status; 0 where there was no answer. */
	status: number;
	headers: Record<string, string>;
	/** The body where it is JSON. */
	json: Record<string, unknown> | unknown[] | undefined;
	bytes: number;
	hasByteOrderMark: boolean;
	elapsedMs: number;
	/** Why there was no answer, such as ECONNREFUSED. */
	networkError?: string;
}

interface CallSettings {
	/** Another token, or none. */
	token?: string | null;
	body?: unknown;
}

/** Makes single calls: no repeats, no redirects, each with a time limit. Keeps all of them for the report. */
export class LiveClient {
	readonly exchanges: Exchange[] = [];

	constructor(
		readonly urls: BaseUrls,
		private readonly token: string,
	) {}

	/** Reads from an API. */
	async get(api: Api, path: string, { token = this.token }: CallSettings = {}): Promise<Exchange> {
		return await this.exchange({ method: 'GET', url: `${this.urls[api]}${path}`, ...authorized(token) }, path);
	}

	/** Sends JSON to an API, once. */
	async post(api: Api, path: string, { token = this.token, body }: CallSettings = {}): Promise<Exchange> {
		const { headers } = authorized(token);
		return await this.exchange(
			{
				method: 'POST',
				url: `${this.urls[api]}${path}`,
				timeout: SUBMIT_LIMIT_MS,
				headers: { ...headers, 'content-type': 'application/json' },
				data: body === undefined ? undefined : JSON.stringify(body),
			},
			path,
		);
	}

	/** Fetches a file, without the token and as a program of that name. */
	async file(url: string, userAgent: string): Promise<Exchange> {
		const config = { method: 'GET', url, timeout: FILE_LIMIT_MS, headers: { 'user-agent': userAgent } };
		return await this.exchange(config, `file at ${new URL(url).origin}`);
	}

	/** Reads a URL that an answer named. The token goes along to the platform's own origin only. */
	async named(url: string): Promise<Exchange> {
		const isOwn = new URL(url).origin === new URL(this.urls.platform).origin;
		return await this.exchange({ method: 'GET', url, ...authorized(isOwn ? this.token : null) }, 'object_info');
	}

	private async exchange(config: AxiosRequestConfig, path: string): Promise<Exchange> {
		const startedAt = performance.now();
		const seen = await request(config);
		const exchange = { method: config.method ?? 'GET', path, elapsedMs: performance.now() - startedAt, ...seen };
		this.exchanges.push(exchange);
		return exchange;
	}
}

const authorized = (token: string | null) => ({ headers: token === null ? {} : { authorization: `Bearer ${token}` } });

async function request(config: AxiosRequestConfig) {
	try {
		const { status, headers, data } = await axios.request<Buffer>({
			timeout: READ_LIMIT_MS,
			...config,
			headers: { accept: 'application/json, */*', 'accept-encoding': 'identity', ...config.headers },
			responseType: 'arraybuffer',
			maxRedirects: 0,
			// axios would hide how an answer came.
			decompress: false,
			maxContentLength: MAX_FILE_BYTES,
			maxBodyLength: Infinity,
			validateStatus: () => true,
			// The limit of axios is one of silence; this one is for the whole call.
			signal: AbortSignal.timeout(config.timeout ?? READ_LIMIT_MS),
		});
		const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
		const body = unpacked(Buffer.from(data), String(headers['content-encoding'] ?? ''));
		const json = parseJson(body, String(headers['content-type'] ?? ''));
		return {
			status,
			headers: Object.fromEntries(entries) as Record<string, string>,
			json,
			bytes: body.length,
			hasByteOrderMark: body.subarray(0, 3).equals(BYTE_ORDER_MARK),
		};
	} catch (error) {
		const networkError = error instanceof AxiosError ? (error.code ?? error.message) : 'unknown';
		return { status: 0, headers: {}, json: undefined, bytes: 0, hasByteOrderMark: false, networkError };
	}
}

/** What can't be unpacked stays as it came, and is no JSON then. */
function unpacked(body: Buffer, encoding: string): Buffer {
	const unpack = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync }[encoding];
	try {
		return unpack?.(body, { maxOutputLength: MAX_FILE_BYTES }) ?? body;
	} catch {
		return body;
	}
}

function parseJson(body: Buffer, contentType: string): Exchange['json'] {
	if (/^(image|video|audio)\//.test(contentType)) return undefined;
	try {
		const value: unknown = JSON.parse(body.toString('utf8').replace(/^\ufeff/, ''));
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown> | unknown[]) : undefined;
	} catch {
		return undefined;
	}
}

/** A JSON object of an answer; an empty one where it has none. */
export function objectOf({ json }: Exchange): Record<string, unknown> {
	return json === undefined || Array.isArray(json) ? {} : json;
}
