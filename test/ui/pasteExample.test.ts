import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { LocalN8n } from '../e2e/localN8n';
import { Editor } from './editor';

/* The first thing that the README asks of a person: copy the example, paste it on the canvas, run it. */
const README = resolve(__dirname, '..', '..', 'README.md');

let n8n: LocalN8n;
let editor: Editor;

beforeAll(async () => {
	n8n = await LocalN8n.start();
	editor = await Editor.open(n8n.server.url);
}, 240_000);

afterAll(async () => {
	await editor?.close();
	await n8n?.stop();
});

it('is a picture after a paste and one click', async () => {
	const [, example = ''] = /```json\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8')) ?? [];
	await editor.newWorkflow();
	await editor.paste(example);
	await editor.openNodeHere('Generate an image');
	await editor.labels('Prompt *');

	await editor.execute(/executed successfully/);

	expect(await editor.viewFile()).toMatchObject({ width: expect.any(Number) });
	expect(n8n.simulator.accepted.map(({ model, input }) => [model.model_id, input])).toEqual([
		['bytedance/seedream-5.0-pro/text-to-image', { prompt: 'a wooden boat on a calm lake at dawn' }],
	]);
});
