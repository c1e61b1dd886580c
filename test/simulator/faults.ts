import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { withhold } from './withheld';

/**
 * The places where something can go wrong. `submit` to `cancel` are those of both API families, `file` serves what was
 * generated, `media` what models are given.
 */
export type Endpoint =
	| 'submit'
	| 'status'
	| 'result'
	| 'cancel'
	| 'models'
	| 'model'
	| 'balance'
	| 'deployments'
	| 'deployment'
	| 'updateDeployment'
	| 'objectInfo'
	| 'file'
	| 'media';

/** What goes wrong. */
export type FaultAction =
	/** Another answer than the right one. */
	| { type: 'answer'; status: number; headers?: Record<string, string>; body?: string }
	/** The connection is closed without an answer. */
	| { type: 'drop' }
	/** No answer ever comes. */
	| { type: 'hang' }
	/** The right answer, later. */
	| { type: 'delay'; ms: number }
	/** The right headers, then this share of the body, then the connection is closed. */
	| { type: 'cut'; share: number }
	/** The right answer in small pieces. */
	| { type: 'drip'; pieces: number; everyMs: number }
	/** The right answer without telling its length. */
	| { type: 'chunked' }
	/** The right answer with other headers. */
	| { type: 'headers'; headers: Record<string, string> }
	/** The right answer, and then more of it without end, until the other side has enough. */
	| { type: 'endless' }
	/** Next to nothing that unpacks to so many bytes. */
	| { type: 'gzipBomb'; bytes: number }
	/** The right answer with the end of its body missing, and a length that fits what is left. */
	| { type: 'truncate'; share: number };

/** A fault, switched on until it was used up. */
export interface Fault {
	on: Endpoint;
	action: FaultAction;
	/** For `answer`, `drop` and `hang`: whether the call takes effect all the same, and nobody learns of it. */
	carriedOut?: boolean;
	/** How many calls it hits; without end when it is left out. */
	times?: number;
	/** How many calls go well first. */
	skip?: number;
}

/** An answer before it is sent. */
export interface PlannedAnswer {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
}

/** The faults that are switched on, in the order of their coming. */
export class FaultSwitch {
	private faults: Fault[] = [];

	add(fault: Fault): void {
		this.faults.push({ ...fault });
	}

	clear(): void {
		this.faults = [];
	}

	/** Takes the fault that hits this call, and counts it. */
	take(endpoint: Endpoint): Fault | undefined {
		const fault = this.faults.find(({ on, times = Infinity }) => on === endpoint && times > 0);
		if (fault === undefined) return undefined;
		if ((fault.skip ?? 0) > 0) {
			fault.skip = (fault.skip ?? 0) - 1;
			return undefined;
		}
		fault.times = (fault.times ?? Infinity) - 1;
		return fault;
	}
}

/** Whether a call takes effect that a fault hits: those that spoil only the way back are carried out. */
export function takesEffect({ action, carriedOut }: Fault): boolean {
	return carriedOut === true || !['answer', 'drop', 'hang'].includes(action.type);
}

/** Sends an answer the way a fault wants it. */
export async function sendWithFault(
	response: ServerResponse,
	answer: PlannedAnswer,
	action: FaultAction,
): Promise<void> {
	switch (action.type) {
		case 'answer': {
			const contentType = action.body?.trimStart().startsWith('<') ? 'text/html' : 'application/json';
			const headers = { 'content-type': contentType, ...action.headers };
			send(response, { status: action.status, headers, body: Buffer.from(action.body ?? '') });
			return;
		}
		case 'drop':
			response.socket?.destroy();
			return;
		case 'hang':
			await withhold(async () => await new Promise<void>((resolve) => response.once('close', resolve)));
			return;
		case 'delay':
			await pause(response, action.ms);
			send(response, answer);
			return;
		case 'cut':
			response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length) });
			response.write(answer.body.subarray(0, Math.floor(answer.body.length * action.share)));
			await pause(response, 20);
			response.socket?.destroy();
			return;
		case 'drip':
			response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length) });
			for (let piece = 0; piece < action.pieces && !response.destroyed; piece++) {
				const edge = (index: number) => Math.floor((answer.body.length * index) / action.pieces);
				response.write(answer.body.subarray(edge(piece), edge(piece + 1)));
				await pause(response, action.everyMs);
			}
			response.end();
			return;
		case 'headers':
			response.writeHead(answer.status, {
				...answer.headers,
				'content-length': String(answer.body.length),
				...action.headers,
			});
			response.end(answer.body);
			return;
		case 'endless':
			response.writeHead(answer.status, answer.headers);
			Readable.from(withoutEnd(answer.body)).pipe(response);
			return;
		case 'gzipBomb': {
			const body = gzipSync(Buffer.alloc(action.bytes));
			send(response, { status: 200, headers: { ...answer.headers, 'content-encoding': 'gzip' }, body });
			return;
		}
		case 'chunked':
			response.writeHead(answer.status, answer.headers);
			response.write(answer.body.subarray(0, 1000));
			response.end(answer.body.subarray(1000));
			return;
		case 'truncate':
			send(response, { ...answer, body: answer.body.subarray(0, Math.floor(answer.body.length * action.share)) });
	}
}

/** Sends an answer as it is. */
export function send(response: ServerResponse, answer: PlannedAnswer): void {
	response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length) });
	response.end(answer.body);
}

/** The other side has had enough long before; where it has not, the answer ends, and the test sees that it was taken. */
const MAX_ENDLESS_BYTES = 4 * 1024 ** 3;

function* withoutEnd(bytes: Buffer): Generator<Buffer> {
	for (let sent = 0; sent < MAX_ENDLESS_BYTES; sent += Math.max(1, bytes.length)) yield bytes;
}

/** The other side may go away meanwhile. */
async function pause(response: ServerResponse, ms: number): Promise<void> {
	if (response.destroyed) return;
	await withhold(
		async () =>
			await new Promise<void>((resolve) => {
				const done = () => {
					clearTimeout(timer);
					response.off('close', done);
					resolve();
				};
				const timer = setTimeout(done, ms);
				response.on('close', done);
			}),
	);
}
