/** Measures what the form and the check of media cost. The numbers are of this machine; compare them within one run. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

import type { INodeParameters } from 'n8n-workflow';

import { toMapperField } from '../../nodes/RunComfy/methods/mapperField';
import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { buildRequestBody } from '../../nodes/RunComfy/schema/requestBody';
import { Engine, runComfyNode } from '../engine/support/engine';
import { credentialFor } from '../simulator/accounts';
import { readMedia } from '../simulator/media';
import { Simulator } from '../simulator/simulator';

const LARGE_IMAGE_BYTES = 20 * 1024 * 1024;
const RUNS = 50;
const PIECE_BYTES = 64 * 1024;

async function main(): Promise<void> {
	measureForm();
	await measureMediaCheck();
}

/** A form of 200 properties of all kinds. */
function measureForm(): void {
	const kinds = [
		{ type: 'string', maxLength: 500 },
		{ type: 'integer', minimum: 1, maximum: 9, default: 3 },
		{ type: 'string', enum: ['a', 'b', 'c'], default: 'a' },
		{ type: 'array', format: 'image_uris', maxItems: 4 },
		{ anyOf: [{ const: 'auto' }, { $ref: '#/$defs/size' }] },
	];
	const properties = Object.fromEntries(
		Array.from({ length: 200 }, (_, index) => [`input_${index}`, kinds[index % kinds.length]]),
	);
	const schema = { type: 'object', properties, $defs: { size: { type: 'integer', minimum: 1 } } };
	const form = timed(() => describeModelInputs(schema)?.inputs.map(toMapperField));
	const values = { input_0: 'text', input_1: '5', input_2: 'B', input_4: '7' };
	const inputs = describeModelInputs(schema);
	const check = timed(() => inputs && buildRequestBody(inputs, { values, source: 'fields' }));
	console.log(`form of a 200-property schema     ${form.toFixed(2)} ms (median of ${RUNS})`);
	console.log(`check of an input against it      ${check.toFixed(2)} ms (median of ${RUNS})`);
}

/** Milliseconds, the median of many runs. */
function timed(work: () => unknown): number {
	const times = Array.from({ length: RUNS }, () => {
		const startedAt = process.hrtime.bigint();
		work();
		return Number(process.hrtime.bigint() - startedAt) / 1e6;
	});
	return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? NaN;
}

/** How many bytes leave a server when a picture of 20 MB is looked at, with ranges and without. */
async function measureMediaCheck(): Promise<void> {
	const simulator = await new Simulator().start();
	const engine = await Engine.start();
	const picture = Buffer.concat([readMedia('input-1280x720.jpg').bytes, Buffer.alloc(LARGE_IMAGE_BYTES)]).subarray(
		0,
		LARGE_IMAGE_BYTES,
	);
	for (const honoursRanges of [true, false]) {
		let sent = 0;
		const server = createServer((request, response) => {
			// The catalog is asked here too, and does not have the model: the bundled schema serves.
			if (request.url !== '/large.jpg') {
				response.writeHead(404).end('{}');
				return;
			}
			const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
			const body = range && honoursRanges ? picture.subarray(Number(range[1]), Number(range[2]) + 1) : picture;
			const headers = { 'content-type': 'image/jpeg', 'content-length': String(body.length) };
			if (body === picture) response.writeHead(200, headers);
			else
				response.writeHead(206, {
					...headers,
					'content-range': `bytes ${range?.[1]}-${range?.[2]}/${picture.length}`,
				});
			// In pieces, as a real server sends a file: what the other side no longer wants is not sent.
			const pieces = Array.from({ length: Math.ceil(body.length / PIECE_BYTES) }, (_, index) =>
				body.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
			);
			Readable.from(pieces).pipe(response);
			response.on('close', () => {
				sent += request.socket.bytesWritten;
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const run = await engine.execute(workflowOf(`${url}/large.jpg`), {
			// The picture's host is the Model API's: no other private address is looked at.
			credential: { ...credentialFor(simulator.url), modelApiUrl: url },
		});
		// The server learns a moment later that the rest is not wanted.
		await new Promise((resolve) => setTimeout(resolve, 300));
		const seen = run.error('RunComfy')?.message ?? 'accepted';
		console.log(
			`look at a 20 MB picture, ${honoursRanges ? 'ranges   ' : 'no ranges'} ${String(sent).padStart(8)} bytes sent (${seen.slice(0, 90)})`,
		);
		await new Promise((resolve) => server.close(resolve));
	}
	await simulator.stop();
	engine.stop();
}

function workflowOf(url: string) {
	const parameters: INodeParameters = {
		operation: 'submit',
		specifyInput: 'json',
		inputJson: JSON.stringify({ prompt: 'x', image_urls: [url] }),
	};
	const trigger = { ...runComfyNode({}), id: 't', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	return {
		nodes: [trigger, runComfyNode(parameters)],
		connections: { Trigger: { main: [[{ node: 'RunComfy', type: 'main' as const, index: 0 }]] } },
		settings: {},
	};
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
