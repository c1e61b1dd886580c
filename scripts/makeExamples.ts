/** Writes the workflows of `examples/`, with the forms of their models as the editor saves them. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { modelTitle, titleLine } from '../nodes/RunComfy/model/modelTitle';
import { PUBLIC_IMAGE } from '../test/e2e/examples';
import { Engine } from '../test/engine/support/engine';
import { credentialFor } from '../test/simulator/accounts';
import { DEPLOYMENTS } from '../test/simulator/deployments/demoDeployments';
import { Simulator } from '../test/simulator/simulator';
import { examples } from './examples/definitions';
import { toWorkflow } from './examples/toWorkflow';

const FOLDER = resolve(__dirname, '..', 'examples');
const DREAMINA = 'bytedance/dreamina-3-0/image-to-video';
const QWEN_EDIT = 'qwen/qwen-image-2.1/edit';
const ACE_STEP = 'acestep-ai/ace-step-1.5/text-to-audio';
const SEEDREAM = 'bytedance/seedream-5.0-pro/text-to-image';

async function main(): Promise<void> {
	const engine = await Engine.start();
	const simulator = await new Simulator().start();
	const credential = credentialFor(simulator.url);
	const inputOf = async (model: string, value: IDataObject): Promise<INodeParameters> => {
		const entry = simulator.models.find(({ model_id }) => model_id === model);
		const locator = {
			__rl: true,
			mode: 'list',
			value: model,
			// Without the price, which is an invented one here.
			cachedResultName: entry ? titleLine({ ...modelTitle({ ...entry }), price: '' }) : model,
			cachedResultUrl: `https://www.runcomfy.com/models/${model}`,
		};
		const context = engine.loadOptions({ model: locator }, credential);
		const fields = await engine.nodeType.methods?.resourceMapping?.getModelInputFields?.call(context);
		const modelInput = {
			mappingMode: 'defineBelow',
			value,
			matchingColumns: [],
			schema: fields?.fields ?? [],
			attemptToConvertTypes: false,
			convertFieldsToString: false,
		};
		return { model: locator, modelInput } as unknown as INodeParameters;
	};
	/** A workflow that the simulator has deployed; a person picks one of the account instead. */
	const workflowInput = async (): Promise<INodeParameters> => {
		const { id, name } = simulator.platform.of(DEPLOYMENTS.textToImage);
		const deployment = { __rl: true, mode: 'list', value: id, cachedResultName: name };
		const context = engine.loadOptions({ deployment }, credential);
		const fields = await engine.nodeType.methods?.resourceMapping?.getWorkflowInputFields?.call(context);
		const value = { '6.text': 'a wooden boat on a calm lake at dawn, film photograph', '3.seed': '7' };
		const mapper = { mappingMode: 'defineBelow', value, matchingColumns: [], schema: fields?.fields ?? [] };
		const workflow = { ...mapper, attemptToConvertTypes: false, convertFieldsToString: false };
		return { deployment, workflowInput: workflow };
	};
	const video = await inputOf(DREAMINA, {
		prompt: 'the woman is standing beside the boats, her feet soaked in water',
		image_urls: PUBLIC_IMAGE,
		number_of_frames: 121,
		resolution: '720P',
		seed: -1,
	});
	const batch = await inputOf(DREAMINA, {
		prompt: '={{ $json.prompt }}',
		image_urls: '={{ $json.image }}',
		number_of_frames: 121,
		resolution: '720P',
		seed: -1,
	});
	const product = await inputOf(DREAMINA, {
		prompt: '={{ $json.product }} turns slowly on a plain background, soft studio light',
		image_urls: '={{ $json.image }}',
		number_of_frames: 121,
		resolution: '720P',
		seed: -1,
	});
	const variation = await inputOf(SEEDREAM, { prompt: '={{ $json.prompt }}', resolution: '1K' });
	const enlarged = await inputOf(QWEN_EDIT, {
		prompt: 'the same image in higher resolution, sharp details, nothing added or changed',
		resolution: '2K',
		aspect_ratio: 'auto',
		enhance_prompt: false,
	});
	const song = await inputOf(ACE_STEP, { tags: '={{ $json.style }}', duration: 60, seed: -1 });
	const picture = await inputOf(SEEDREAM, { prompt: 'a wooden boat on a calm lake at dawn, film photograph' });
	const moving = await inputOf(DREAMINA, {
		prompt: 'the boat drifts slowly to the left',
		image_urls: '={{ $json.output_urls[0] }}',
		number_of_frames: 121,
		resolution: '720P',
		seed: -1,
	});
	const workflow = await workflowInput();
	for (const example of examples({ video, batch, product, picture, variation, moving, enlarged, song, workflow })) {
		writeFileSync(join(FOLDER, example.file), `${JSON.stringify(toWorkflow(example), null, 2)}\n`);
	}
	await simulator.stop();
	engine.stop();
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
