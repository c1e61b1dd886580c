import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import type { WebhookSettings } from './types';

/** What the receiver has to answer within, and for how long RunComfy repeats a call (documented). Milliseconds. */
const ANSWER_LIMIT_MS = 10_000;
const RETRY_LIMIT_MS = 24 * 3_600_000;

/** A call that is to be sent. */
interface Delivery {
	url: string;
	/** Made when it is sent, from what is so then; undefined when there is nothing to tell any more. */
	payload: () => Record<string, unknown> | undefined;
	/** Milliseconds since 1970. */
	at: number;
	firstAt: number;
	attempt: number;
}

/** One try to call back. */
export interface WebhookAttempt {
	url: string;
	payload: Record<string, unknown>;
	/** HTTP status of the receiver's answer; 0 when there was none. */
	status: number;
	/** Milliseconds since 1970. */
	at: number;
}

/** Calls back as RunComfy promises it: again with growing pauses until the receiver answers with 2xx, for a day at most. */
export class WebhookSender {
	/** All tries, in their order. */
	readonly attempts: WebhookAttempt[] = [];
	private waiting: Delivery[] = [];
	private timer?: NodeJS.Timeout;

	constructor(
		private readonly now: () => number,
		private readonly settings: () => WebhookSettings,
	) {}

	/** Plans a call, and its copies. @param at milliseconds since 1970 */
	plan(url: string, at: number, payload: Delivery['payload']): void {
		const { lost, copies } = this.settings();
		if (lost) return;
		for (let copy = 0; copy < copies; copy++) this.waiting.push({ url, at, payload, firstAt: at, attempt: 0 });
		this.schedule();
	}

	/** Forgets what was sent and what is planned. */
	clear(): void {
		clearTimeout(this.timer);
		this.waiting = [];
		this.attempts.length = 0;
	}

	private schedule(): void {
		clearTimeout(this.timer);
		if (this.waiting.length === 0) return;
		const next = Math.min(...this.waiting.map(({ at }) => at));
		this.timer = setTimeout(() => void this.sendDue(), Math.max(0, next - this.now()));
		// A planned retry of tomorrow must not keep the process alive.
		this.timer.unref?.();
	}

	private async sendDue(): Promise<void> {
		const now = this.now();
		const due = this.waiting.filter(({ at }) => at <= now);
		this.waiting = this.waiting.filter(({ at }) => at > now);
		this.schedule();
		await Promise.all(due.map(async (delivery) => await this.send(delivery)));
	}

	/** The same URL on this machine, where there is one. */
	private reach(url: string): string {
		const { origin } = URL.canParse(url) ? new URL(url) : { origin: '' };
		const host = this.settings().hosts[origin];
		return host === undefined ? url : url.replace(origin, host);
	}

	private async send(delivery: Delivery): Promise<void> {
		const payload = delivery.payload();
		if (payload === undefined) return;
		const status = await post(this.reach(delivery.url), JSON.stringify(payload));
		this.attempts.push({ url: delivery.url, payload, status, at: this.now() });
		if (status >= 200 && status < 300) return;
		const at = this.now() + this.settings().firstRetryMs * 2 ** delivery.attempt;
		if (at > delivery.firstAt + RETRY_LIMIT_MS) return;
		this.waiting.push({ ...delivery, payload: () => payload, at, attempt: delivery.attempt + 1 });
		this.schedule();
	}
}

/** @returns the HTTP status; 0 when nobody answered in time */
async function post(url: string, body: string): Promise<number> {
	return await new Promise((resolve) => {
		const send = url.startsWith('https:') ? httpsRequest : httpRequest;
		const fail = () => resolve(0);
		try {
			const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
			const call = send(url, { method: 'POST', headers, agent: false, timeout: ANSWER_LIMIT_MS }, (answer) => {
				answer.resume();
				answer.on('close', () => resolve(answer.statusCode ?? 0));
			});
			call.on('timeout', () => call.destroy());
			call.on('error', fail);
			call.end(body);
		} catch {
			fail();
		}
	});
}
