import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { LocalN8n } from '../e2e/localN8n';
import { INPUT_IMAGE } from '../simulator/media';
import type { Simulator } from '../simulator/simulator';
import { Editor } from './editor';
import { storeRow } from './workflows';

/* What goes wrong in a new user's first hour, and what they read then. */
const TINY_PICTURE =
	'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let n8n: LocalN8n;
let simulator: Simulator;
let editor: Editor;

beforeAll(async () => {
	n8n = await LocalN8n.start();
	({ simulator } = n8n);
	editor = await Editor.open(n8n.server.url);
}, 240_000);

afterAll(async () => {
	await editor?.close();
	await n8n?.stop();
});

beforeEach(() => simulator.reset());

const image = () => `${simulator.url}/files/inputs/${INPUT_IMAGE}`;

/** Opens the node in a workflow whose trigger gives these items. */
async function openWith(items: IDataObject[], more: INodeParameters = {}): Promise<void> {
	const value = { prompt: '={{ $json.prompt }}', image_urls: '={{ $json.image }}' };
	const modelInput = { mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] };
	const id = await storeRow(n8n, [{ name: 'RunComfy', parameters: { modelInput, ...more } }], items);
	await editor.openNode(id, 'RunComfy');
}

describe('a first mistake', () => {
	it('of an empty item among good ones buys nothing, and names the item', async () => {
		await openWith([
			{ prompt: 'a boat', image: image() },
			{ prompt: '', image: image() },
			{ prompt: 'a lake', image: image() },
		]);
		await editor.execute(
			"1 of 3 items can't be submitted. Item 1: The input doesn't fit the model: Prompt is required, but empty",
		);
		await editor.screenshot('mistake-empty-item');

		expect(await editor.output()).toContain('Nothing was submitted or charged.');
		expect(simulator.calls('submit')).toHaveLength(0);
	});

	it('of a page that is no model says so', async () => {
		await openWith([{ prompt: 'a boat', image: image() }], {
			model: { __rl: true, mode: 'url', value: 'https://www.runcomfy.com/models/collections/kling' },
		});
		await editor.execute(/isn't the page of a model/);

		expect(await editor.output()).toContain('Nothing was submitted or charged.');
	});

	it('of a misspelt ID names the model that is probably meant, in the form and when it runs', async () => {
		await openWith([{ prompt: 'a boat', image: image() }], {
			model: { __rl: true, mode: 'id', value: 'bytedance/dreamina-3/image-to-vido' },
		});
		await editor.notice('Did you mean bytedance/dreamina-3-0/image-to-video?');
		await editor.execute('RunComfy has no model "bytedance/dreamina-3/image-to-vido"');
		await editor.screenshot('mistake-model-id');

		expect(await editor.output()).toContain('Did you mean bytedance/dreamina-3-0/image-to-video?');
		expect(simulator.accepted).toHaveLength(0);
	});

	it("of a picture that is too small is told in the model's words, with what was measured", async () => {
		await openWith([{ prompt: 'a boat', image: TINY_PICTURE }]);
		await editor.execute(/The shortest side must be at least 320 px\. \(it is 1 × 1 pixels\)/);

		expect(simulator.calls('submit')).toHaveLength(0);
	});

	it('is found for free by Check Input', async () => {
		await openWith([{ prompt: '', image: TINY_PICTURE }], { operation: 'checkInput' });
		await editor.execute('Node executed successfully');
		await editor.screenshot('check-input');

		await editor.notice('is required, but empty');
		expect(await editor.output()).toContain('is required, but empty');
	});
});
