import { fieldInput, jsonInput, useBench } from './support/setup';

const bench = useBench();

const VERSE = 'Verse one\nline two\n\n[Chorus]\n\tHe said "go"';
const texts = (...input: object[]) => ({ textInputs: { input } as never });
const withoutPrompt = () => bench.dreaminaInput({ prompt: '' });
const sent = () => bench.simulator.accepted[0]?.input;

describe('Text Inputs', () => {
	it.each([
		['the form', fieldInput],
		['JSON', jsonInput],
	])('sends long texts with their line breaks, beside %s', async (_what, input) => {
		const execution = await bench.run(
			input(withoutPrompt(), texts({ field: ' prompt ', text: VERSE }, { field: '', text: '' })),
		);

		expect(execution.error('RunComfy')).toBeUndefined();
		expect(sent()).toMatchObject({ prompt: VERSE });
	});

	it('takes expressions, for each item', async () => {
		await bench.run(fieldInput(withoutPrompt(), texts({ field: 'prompt', text: '={{ $json.song }}' })), {
			items: [{ json: { song: VERSE } }],
		});

		expect(sent()).toMatchObject({ prompt: VERSE });
	});

	it('without a text leaves the field to the form', async () => {
		await bench.run(fieldInput(bench.dreaminaInput({ prompt: 'a boat' }), texts({ field: 'prompt', text: '' })));

		expect(sent()).toMatchObject({ prompt: 'a boat' });
	});

	it('is merged over by Additional Inputs', async () => {
		const options = { additionalInputs: '{"prompt":"from there"}' };
		await bench.run(fieldInput(withoutPrompt(), { ...texts({ field: 'prompt', text: VERSE }), options }));

		expect(sent()).toMatchObject({ prompt: 'from there' });
	});

	it.each([
		['a field of the form', fieldInput, [{ field: 'prompt', text: VERSE }], /both in the input and in Text Inputs/],
		['a name of the JSON', jsonInput, [{ field: 'prompt', text: VERSE }], /both in the input and in Text Inputs/],
		[
			'itself',
			fieldInput,
			[
				{ field: 'style', text: 'a' },
				{ field: 'style', text: 'b' },
			],
			/style is filled in twice in Text Inputs/,
		],
		['nothing', fieldInput, [{ field: '', text: VERSE }], /has no field/],
		['an object', fieldInput, [{ field: '={{ ({ toString: 1 }) }}', text: VERSE }], /has no field/],
		[
			'an input that there is not',
			fieldInput,
			[{ field: 'Promt', text: VERSE }],
			/Promt isn't an input of this model/,
		],
	])('that repeats %s is refused, and nothing is paid', async (_what, input, entries, message) => {
		const execution = await bench.run(input(bench.dreaminaInput({ prompt: 'a boat' }), texts(...entries)));

		expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'invalid_input', charged: 'no' });
		expect(execution.error('RunComfy')?.message).toMatch(message);
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('is part of Check Input', async () => {
		const parameters = fieldInput(withoutPrompt(), texts({ field: 'prompt', text: VERSE }));
		const execution = await bench.run({ ...parameters, operation: 'checkInput' });

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({ valid: true, input: { prompt: VERSE } });
	});
});
