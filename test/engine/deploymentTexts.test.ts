import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { deploymentLocator, workflowFields, workflowJson } from './support/deploymentInput';
import { useBench } from './support/setup';

/* Text Inputs of a deployed workflow: as safe as those of a model. */
const bench = useBench();

const VERSE = 'Verse one\nline two\n\n[Chorus]\n\tHe said "go"';
const texts = (...input: object[]) => ({ textInputs: { input } as never });
const bodies = () => bench.simulator.platform.accepted.map(({ bodyText }) => JSON.parse(bodyText) as unknown);
const lora = { deployment: deploymentLocator(DEPLOYMENTS.lora) };
const withText = (text: string) => ({ '6': { inputs: { text } } });

describe('Text Inputs of a workflow', () => {
	it.each([
		['the form', workflowFields({ '3.seed': 7 })],
		['a flat map', workflowJson({ '3.seed': 7 })],
		['overrides', workflowJson({ overrides: { '3': { inputs: { seed: 7 } } } })],
	])('send long texts with their line breaks, beside %s', async (_what, parameters) => {
		const entries = texts({ field: ' 6.text ', text: VERSE }, { field: '', text: '' });
		const execution = await bench.run({ ...parameters, ...entries });

		expect(execution.error('RunComfy')).toBeUndefined();
		expect(bodies()).toEqual([{ overrides: { '3': { inputs: { seed: 7 } }, ...withText(VERSE) } }]);
	});

	it('take expressions for each item, and Additional Inputs win', async () => {
		const song = texts({ field: '6.text', text: '={{ $json.song }}' });
		const options = { additionalInputs: '={{ $itemIndex ? { "6.text": "from there" } : {} }}' };
		await bench.run(workflowFields({}, { ...song, options: { ...options, maxConcurrency: 1 } }), {
			items: [{ json: { song: VERSE } }, { json: { song: VERSE } }],
		});

		expect(bodies()).toEqual([{ overrides: withText(VERSE) }, { overrides: withText('from there') }]);
	});

	const BOAT = [{ field: '6.text', text: 'a boat' }];
	it.each([
		['a field of the form', workflowFields({ '6.text': 'a' }), BOAT, /6\.text is filled in both/],
		['a name of a flat map', workflowJson({ '6.text': 'a' }), BOAT, /6\.text is filled in both/],
		['a name in overrides', workflowJson({ overrides: withText('a') }), BOAT, /6\.text is filled in both/],
		['a name in the body of a LoRA', workflowJson({ prompt: 'a' }, lora), [{ field: 'prompt', text: 'b' }], /both/],
		['itself', workflowFields({}), [...BOAT, ...BOAT], /6\.text is filled in twice in Text Inputs/],
		['nothing', workflowFields({}), [{ field: ' ', text: VERSE }], /has no field/],
		['a node that there is not', workflowFields({}), [{ field: '66.text', text: 'a' }], /there is no node "66"/],
		['an input that there is not', workflowFields({}), [{ field: '6.txt', text: 'a' }], /Did you mean "text"\?/],
		['a number', workflowFields({}), [{ field: '3.steps', text: VERSE }], /steps/],
	])('that repeat or miss %s are refused, and nothing is paid', async (_what, parameters, entries, message) => {
		const execution = await bench.run({ ...parameters, ...texts(...entries) });

		expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'invalid_input', charged: 'no' });
		expect(execution.error('RunComfy')?.message).toMatch(message);
		expect(bench.simulator.platform.accepted).toHaveLength(0);
	});

	it.each([
		['the form', workflowFields({}, lora), {}],
		['empty JSON', workflowJson({}, lora), {}],
		['JSON', workflowJson({ seed: 7 }, lora), { seed: 7 }],
	])('of a LoRA are part of its body, beside %s', async (_what, parameters, rest) => {
		await bench.run({ ...parameters, ...texts({ field: 'prompt', text: VERSE }) });

		expect(bodies()).toEqual([{ ...rest, prompt: VERSE }]);
	});
});
